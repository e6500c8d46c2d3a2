"""Drives the replacement query engine through the real prisma-client-py, with LiteLLM's own schema.

Usage: prisma_client_conformance.py, with DATABASE_URL and PRISMA_QUERY_ENGINE_BINARY in the environment.
"""

import asyncio
import datetime
import json
import traceback

from prisma import Json, Prisma
from prisma.errors import (
    DataError,
    FieldNotFoundError,
    ForeignKeyViolationError,
    MissingRequiredValueError,
    PrismaError,
    RawQueryError,
    RecordNotFoundError,
    TransactionExpiredError,
    UniqueViolationError,
)

OURS = {"token": {"startswith": "conf-"}}


async def main() -> None:
    """Prints one line of JSON: each check's name with what went wrong, or null."""
    results: dict[str, str | None] = {}
    db = Prisma()
    await db.connect()
    try:
        for check in CHECKS:
            await db.litellm_verificationtoken.delete_many(where=OURS)
            try:
                await check(db)
                results[check.__name__] = None
            except Exception:
                results[check.__name__] = traceback.format_exc()
    finally:
        await db.disconnect()
    print(json.dumps(results))


async def scalars(db: Prisma) -> None:
    expires = datetime.datetime(2030, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.timezone.utc)
    metadata = {"nested": {"list": [1, 'a "quoted" word', None]}}
    await db.litellm_verificationtoken.create(
        data={
            "token": "conf-1",
            "spend": 1.5,
            "models": ["a", "b"],
            "metadata": Json(metadata),
            "tpm_limit": 2**53 + 1,
            "expires": expires,
        }
    )
    row = await db.litellm_verificationtoken.find_unique(where={"token": "conf-1"})
    assert row is not None
    assert (row.spend, row.models, row.metadata) == (1.5, ["a", "b"], metadata)
    assert (row.tpm_limit, row.expires) == (2**53 + 1, expires)
    assert (row.blocked, row.permissions) == (None, {})


async def unusual_texts(db: Prisma) -> None:
    texts = ["", "'", '"', "\\", "\n\t", "${x} %s $1 {{}}", "\u00e9\u4e2d\U0001f600", "x" * 100_000, "null", "[1]"]
    for number, text in enumerate(texts):
        await db.litellm_verificationtoken.create(
            data={"token": f"conf-{number}", "key_alias": text, "models": [text], "metadata": Json({"text": text})}
        )
        row = await db.litellm_verificationtoken.find_unique(where={"token": f"conf-{number}"})
        assert row is not None
        assert (row.key_alias, row.models, row.metadata) == (text, [text], {"text": text}), text[:20]


async def json_shapes(db: Prisma) -> None:
    for number, value in enumerate([{}, [], [[]], "text", 0, 1.5, -1e-9, True, False, {"$type": "x", "value": 1}, {"a": None}]):
        token = f"conf-{number}"
        row = await db.litellm_verificationtoken.create(data={"token": token, "metadata": Json(value)})
        assert row.metadata == value, value
        await db.litellm_verificationtoken.update(where={"token": token}, data={"aliases": Json(value)})
        row = await db.litellm_verificationtoken.find_first(where={"token": token})
        assert row is not None and row.aliases == value, value


async def numbers_and_moments(db: Prisma) -> None:
    # Prisma itself keeps 15 significant digits of a float.
    keys = db.litellm_verificationtoken
    moment = datetime.datetime(2026, 3, 29, 1, 59, 59, 999000, tzinfo=datetime.timezone.utc)
    for number, (spend, limit) in enumerate([(0.300000000000001, 2**62), (1e-12, -1), (123456789.123456, 0), (-0.5, -(2**62))]):
        row = await keys.create(
            data={"token": f"conf-{number}", "spend": spend, "rpm_limit": limit, "budget_reset_at": moment, "blocked": True}
        )
        found = (row.spend, row.rpm_limit, row.budget_reset_at, row.blocked)
        assert found == (spend, limit, moment, True), found
    later = moment + datetime.timedelta(milliseconds=1)
    assert await keys.count(where={**OURS, "budget_reset_at": {"lt": later}}) == 4
    assert await keys.count(where={**OURS, "budget_reset_at": {"gte": later}}) == 0
    assert await keys.count(where={**OURS, "spend": {"gt": 0.2}}) == 2
    local = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    row = await keys.update(where={"token": "conf-0"}, data={"expires": moment.astimezone(local)})
    assert row is not None and row.expires == moment


async def writes(db: Prisma) -> None:
    keys = db.litellm_verificationtoken
    inserted = await keys.create_many(data=[{"token": "conf-1"}, {"token": "conf-1"}], skip_duplicates=True)
    assert inserted == 1
    row = await keys.update(where={"token": "conf-1"}, data={"spend": {"increment": 2.25}, "models": {"push": ["c"]}})
    assert row is not None and (row.spend, row.models) == (2.25, ["c"])
    row = await keys.upsert(
        where={"token": "conf-1"},
        data={"create": {"token": "conf-1"}, "update": {"metadata": Json({"k": "v"}), "expires": None}},
    )
    assert (row.metadata, row.expires) == ({"k": "v"}, None)
    assert await keys.update(where={"token": "conf-missing"}, data={"spend": 1}) is None
    assert await keys.delete(where={"token": "conf-missing"}) is None
    assert await keys.delete_many(where=OURS) == 1


async def filters(db: Prisma) -> None:
    keys = db.litellm_verificationtoken
    for number in range(4):
        await keys.create(
            data={"token": f"conf-{number}", "spend": number % 2, "metadata": Json({"n": number}), "models": ["m"]}
        )
    assert await keys.count(where={"token": {"contains": "CONF-", "mode": "insensitive"}}) == 4
    assert await keys.count(where={**OURS, "metadata": {"path": ["n"], "equals": Json(2)}}) == 1
    assert await keys.count(where={**OURS, "metadata": {"equals": Json({"n": 3})}}) == 1
    assert await keys.count(where={**OURS, "models": {"has": "m"}}) == 4
    page = await keys.find_many(
        where={"OR": [{"token": {"in": ["conf-0", "conf-1"]}}, {"token": "conf-2"}]}, order={"token": "desc"}, take=2
    )
    assert [row.token for row in page] == ["conf-2", "conf-1"]
    groups = await keys.group_by(by=["spend"], where=OURS, count=True, order={"spend": "asc"})
    assert [group["_count"]["_all"] for group in groups] == [2, 2]


async def relations(db: Prisma) -> None:
    await db.litellm_verificationtoken.create(data={"token": "conf-1"})
    budget = await db.litellm_budgettable.create(
        data={"created_by": "t", "updated_by": "t", "keys": {"connect": [{"token": "conf-1"}]}}, include={"keys": True}
    )
    assert [key.token for key in budget.keys or []] == ["conf-1"]
    found = await db.litellm_budgettable.find_many(
        where={"keys": {"some": {"token": "conf-1"}}}, include={"keys": {"where": {"token": "conf-none"}}}
    )
    assert [row.budget_id for row in found] == [budget.budget_id] and found[0].keys == []


async def errors(db: Prisma) -> None:
    keys = db.litellm_verificationtoken
    await keys.create(data={"token": "conf-1"})
    error = await raised(UniqueViolationError, keys.create(data={"token": "conf-1"}))
    assert error.meta["target"] == ["token"]
    await raised(ForeignKeyViolationError, keys.create(data={"token": "conf-2", "budget_id": "conf-none"}))
    await raised(FieldNotFoundError, keys.find_many(where={"no_such_field": 1}))
    await raised(MissingRequiredValueError, db.litellm_budgettable.create(data={"max_budget": 1}))


async def missing_rows(db: Prisma) -> None:
    keys = db.litellm_verificationtoken
    assert await keys.find_unique(where={"token": "conf-none"}) is None
    assert await keys.find_first(where={"token": "conf-none"}) is None
    assert await keys.find_many(where={"token": "conf-none"}) == []
    assert await keys.update(where={"token": "conf-none"}, data={"spend": 1}) is None
    assert await keys.delete(where={"token": "conf-none"}) is None
    assert await keys.update_many(where={"token": "conf-none"}, data={"spend": 1}) == 0
    await raised(RecordNotFoundError, keys.find_unique_or_raise(where={"token": "conf-none"}))
    await raised(RecordNotFoundError, keys.find_first_or_raise(where={"token": "conf-none"}))
    await raised(
        DataError,
        db.litellm_budgettable.create(
            data={"created_by": "t", "updated_by": "t", "keys": {"connect": [{"token": "conf-none"}]}}
        ),
    )


async def lost_connections(db: Prisma) -> None:
    keys = db.litellm_verificationtoken
    await keys.create(data={"token": "conf-1"})
    await asyncio.gather(*(keys.count() for _ in range(20)))  # several connections
    other = Prisma()
    await other.connect()
    cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    try:
        await other.query_raw(cut)
        await asyncio.sleep(0.2)
        assert await keys.count(where=OURS) == 1
        async with db.tx() as tx:
            await tx.litellm_verificationtoken.create(data={"token": "conf-2"})
            await other.query_raw(cut)
            await asyncio.sleep(0.2)
            await raised(PrismaError, tx.litellm_verificationtoken.count())
            raise ConnectionAbortedError
    except ConnectionAbortedError:
        pass
    except PrismaError:
        pass  # the rollback of a transaction that is gone may fail; what counts is what is left
    finally:
        await other.disconnect()
    assert [row.token for row in await keys.find_many(where=OURS)] == ["conf-1"]


async def simultaneous_writes(db: Prisma) -> None:
    keys = db.litellm_verificationtoken
    await keys.create(data={"token": "conf-1"})
    await asyncio.gather(
        *(keys.update(where={"token": "conf-1"}, data={"spend": {"increment": 1}}) for _ in range(50))
    )
    row = await keys.find_unique(where={"token": "conf-1"})
    assert row is not None and row.spend == 50
    created = await asyncio.gather(*(keys.create(data={"token": "conf-2"}) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, UniqueViolationError) for result in created) == 9


async def batches(db: Prisma) -> None:
    async def fails_halfway() -> None:
        async with db.batch_() as batch:
            batch.litellm_verificationtoken.create(data={"token": "conf-2"})
            batch.litellm_verificationtoken.create(data={"token": "conf-1"})

    await db.litellm_verificationtoken.create(data={"token": "conf-1"})
    await raised(UniqueViolationError, fails_halfway())
    assert await db.litellm_verificationtoken.count(where=OURS) == 1
    async with db.batch_() as batch:
        batch.litellm_verificationtoken.create(data={"token": "conf-3"})
        batch.litellm_verificationtoken.update(where={"token": "conf-3"}, data={"spend": {"increment": 2}})
        batch.litellm_verificationtoken.upsert(
            where={"token": "conf-4"}, data={"create": {"token": "conf-4"}, "update": {"spend": 1}}
        )
    rows = await db.litellm_verificationtoken.find_many(where=OURS, order={"token": "asc"})
    assert [(row.token, row.spend) for row in rows] == [("conf-1", 0), ("conf-3", 2), ("conf-4", 0)]


async def transactions(db: Prisma) -> None:
    async def write(token: str, seconds: float = 0, timeout: float = 60) -> None:
        async with db.tx(max_wait=datetime.timedelta(seconds=60), timeout=datetime.timedelta(seconds=timeout)) as tx:
            await tx.litellm_verificationtoken.create(data={"token": token})
            await tx.query_raw("SELECT pg_advisory_xact_lock(1)")
            await asyncio.sleep(seconds)
            await tx.execute_raw('UPDATE "LiteLLM_VerificationToken" SET spend = $1 WHERE token = $2', 0.5, token)

    async def write_and_fail() -> None:
        async with db.tx() as tx:
            await tx.litellm_verificationtoken.create(data={"token": "conf-failed"})
            raise ZeroDivisionError

    await write("conf-1")
    await raised(ZeroDivisionError, write_and_fail())
    await raised(TransactionExpiredError, write("conf-slow", seconds=2, timeout=0.5))
    rows = await db.litellm_verificationtoken.find_many(where=OURS)
    assert [(row.token, row.spend) for row in rows] == [("conf-1", 0.5)]


async def raw_queries(db: Prisma) -> None:
    (row,) = await db.query_raw(
        """SELECT 1 AS int, 2::bigint AS bigint, 1.5::numeric AS decimal, true AS bool, null::text AS nothing,
                  '{"a": [1]}'::jsonb AS object, '"text"'::jsonb AS json_text, ARRAY['a', 'b'] AS texts,
                  array_agg('n'::name) AS names, '2024-05-06'::date AS day,
                  '2024-05-06 07:08:09.123456+02'::timestamptz AS moment"""
    )
    assert row == {
        "int": 1,
        "bigint": 2,
        "decimal": 1.5,
        "bool": True,
        "nothing": None,
        "object": {"a": [1]},
        "json_text": "text",
        "texts": ["a", "b"],
        "names": ["n"],
        "day": "2024-05-06",
        "moment": "2024-05-06T05:08:09.123456+00:00",
    }
    (row,) = await db.query_raw(
        "SELECT $1::timestamptz > now() AS future, 'z' = ANY($2) AS listed, $3::jsonb AS object",
        datetime.datetime(2100, 1, 1),
        ["y", "z"],
        {"a": 1},
    )
    assert row == {"future": True, "listed": True, "object": {"a": 1}}
    error = await raised(RawQueryError, db.query_raw("SELECT * FROM conf_missing"))
    assert str(error) == 'relation "conf_missing" does not exist'


async def raised(expected, awaitable):
    try:
        await awaitable
    except expected as error:
        return error
    raise AssertionError(f"Expected {expected.__name__}")


CHECKS = (
    scalars,
    unusual_texts,
    json_shapes,
    numbers_and_moments,
    writes,
    filters,
    relations,
    errors,
    missing_rows,
    batches,
    transactions,
    simultaneous_writes,
    raw_queries,
    lost_connections,
)

asyncio.run(main())
