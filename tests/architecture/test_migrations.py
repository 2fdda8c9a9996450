from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from contest.schema import Base


def _config(url: str) -> Config:
    config = Config("alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@pytest.fixture
def empty_database(database_url: str, tmp_path: Path) -> str:
    """A database of its own, of the same kind as the suite's."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/migrated.db"
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS migrated"))
        connection.execute(text("CREATE DATABASE migrated"))
    engine.dispose()
    return database_url.rpartition("/")[0] + "/migrated"


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(_config("sqlite://")).get_heads()) == 1


def test_the_migrations_build_the_schema_of_the_models_and_go_down_again(
    empty_database: str,
) -> None:
    config = _config(empty_database)

    command.upgrade(config, "head")
    command.check(config)
    engine = create_engine(empty_database)
    assert Base.metadata.tables.keys() <= set(inspect(engine).get_table_names())

    command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    command.upgrade(config, "head")
    engine.dispose()
