"""The search index: one table of words on both stores, with the full-text index each store has of its own.

No foreign key: the index only points at events, and may be emptied and built again at any time.
"""

from django.db import migrations

SQLITE = (
    """
    CREATE TABLE event_words (
        id integer PRIMARY KEY,
        event_id blob NOT NULL UNIQUE,
        words text NOT NULL
    )
    """,
    # Words are letters and digits apart from one space: the ascii tokenizer takes every other sign as it is, while
    # unicode61 drops those that are younger than its tables (rare characters of names and villages).
    """
    CREATE VIRTUAL TABLE event_words_index USING fts5(
        words, content='event_words', content_rowid='id', tokenize='ascii', columnsize=0
    )
    """,
    """
    CREATE TRIGGER event_words_added AFTER INSERT ON event_words BEGIN
        INSERT INTO event_words_index (rowid, words) VALUES (new.id, new.words);
    END
    """,
    """
    CREATE TRIGGER event_words_removed AFTER DELETE ON event_words BEGIN
        INSERT INTO event_words_index (event_words_index, rowid, words) VALUES ('delete', old.id, old.words);
    END
    """,
    """
    CREATE TRIGGER event_words_changed AFTER UPDATE ON event_words BEGIN
        INSERT INTO event_words_index (event_words_index, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO event_words_index (rowid, words) VALUES (new.id, new.words);
    END
    """,
)
SQLITE_BACK = ("DROP TABLE event_words", "DROP TABLE event_words_index")

POSTGRESQL = (
    """
    CREATE TABLE event_words (
        event_id uuid PRIMARY KEY,
        words tsvector NOT NULL
    )
    """,
    "CREATE INDEX event_words_index ON event_words USING gin (words)",
)
POSTGRESQL_BACK = ("DROP TABLE event_words",)


def add(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("events", "0001_squashed")]

    operations = [migrations.RunPython(add, remove)]
