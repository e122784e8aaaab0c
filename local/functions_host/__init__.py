"""A local Functions host: indexing, HTTP, timers, blobs; Durable by ``local.durable``.

It hosts the app as it would be deployed, by azure-functions' own converters, and
keeps what it must remember (keys, timers' last runs, blobs to deliver) in one folder.
"""
