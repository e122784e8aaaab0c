BEGIN;
CREATE TABLE instances (
    id TEXT PRIMARY KEY,
    execution TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,
    input TEXT,
    output TEXT,
    custom_status TEXT,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    parent_id TEXT,
    parent_execution TEXT,
    parent_task INTEGER,
    parent_retries INTEGER NOT NULL
);
CREATE TABLE history (
    instance_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (instance_id, position)
) WITHOUT ROWID;
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver TEXT NOT NULL,
    execution TEXT,
    due_at REAL NOT NULL,
    leads INTEGER NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX messages_by_receiver ON messages (receiver, due_at);
CREATE INDEX messages_by_time ON messages (due_at);
CREATE TABLE activities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance_id TEXT NOT NULL,
    execution TEXT NOT NULL,
    task INTEGER NOT NULL,
    name TEXT NOT NULL,
    input TEXT NOT NULL,
    retries INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX activities_by_instance ON activities (instance_id);
CREATE TABLE entities (id TEXT PRIMARY KEY, state TEXT);
PRAGMA user_version = 1;
COMMIT;
