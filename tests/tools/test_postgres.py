import psycopg
import pytest

from tools.postgres import PostgresUnavailable, running_postgres


def ask(cluster, query):
    with psycopg.connect(cluster.url().replace("+psycopg", ""), autocommit=True) as connection:
        answer = connection.execute(query)
        return answer.fetchall() if answer.description else None


def test_what_was_committed_survives_a_crash():
    with running_postgres() as cluster:
        assert ask(cluster, "SHOW fsync") == [("on",)]
        ask(cluster, "CREATE TABLE kept AS SELECT 1 AS one")
        cluster.kill()
        with pytest.raises(psycopg.OperationalError):
            ask(cluster, "SELECT one FROM kept")
        cluster.start()
        assert ask(cluster, "SELECT one FROM kept") == [(1,)]


def test_a_cluster_that_cannot_start_says_why():
    with pytest.raises(PostgresUnavailable, match="shared_buffers"), running_postgres(shared_buffers="none"):
        pass
