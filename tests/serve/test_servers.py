"""The embedded servers as a client sees them."""

import psycopg
import redis

from tests.servers import Cluster


def test_owner_role_is_no_superuser_but_makes_roles(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, True, False, False)
        assert connection.execute("SELECT current_database()").fetchone() == ("welltimed",)
        connection.execute("CREATE ROLE tried NOLOGIN")
        connection.execute("CREATE TABLE tried (id int)")
        connection.rollback()


def test_the_dev_store_has_its_own_database(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("devstore", "devstore")) as connection:
        connection.execute("CREATE TABLE tried (id int)")
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        assert owner == ("devstore",)
        connection.rollback()


def test_text_is_utf8_and_time_is_utc(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        for name, value in {"server_encoding": "UTF8", "TimeZone": "UTC", "listen_addresses": ""}.items():
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            assert row == (value,)
        assert connection.execute("SELECT upper('é')").fetchone() == ("É",)


def test_a_database_of_ones_own_starts_empty(cluster: Cluster) -> None:
    url = cluster.create_database()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
        connection.execute("CREATE TABLE kept (id int)")
        connection.commit()
    template = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    copy = cluster.create_database(template=str(template))
    with psycopg.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    cluster.drop_database(copy)
    cluster.drop_database(url)


def test_valkey_answers_on_its_socket(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.set("k", "v")
        assert client.get("k") == b"v"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
