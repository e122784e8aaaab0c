"""Walks every route as everybody who must not get through, from the route table alone."""
