"""Databases of these tests' own PostgreSQL."""

from __future__ import annotations

import itertools

import psycopg
from psycopg import sql

from tools.postgres import Cluster

_serial = itertools.count(1)


def connected(url: str) -> psycopg.Connection:
    """A connection beside the service's, each statement its own transaction."""
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def new_database(cluster: Cluster, tablespace: str = "pg_default") -> str:
    """The URL of an empty database."""
    name = f"faults_{next(_serial)}"
    create = sql.SQL("CREATE DATABASE {} TABLESPACE {}")
    with connected(cluster.url()) as connection:
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(tablespace)))
    return cluster.url(name)


def drop_database(cluster: Cluster, url: str) -> None:
    """Whoever is connected is disconnected."""
    name = sql.Identifier(url.rpartition("/")[2])
    with connected(cluster.url()) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
