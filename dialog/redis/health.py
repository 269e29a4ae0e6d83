"""Looks for what keeps messages from being written to Redis, and for what could lose them."""

from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from dialog.interface import Health
from dialog.redis.connection import CANNOT_SAVE, MEMORY_FULL, NOT_A_STREAM, READ_ONLY
from dialog.redis.keys import MESSAGES


def read_health(redis: Redis) -> Health:
    """Return the health of the dialog, from what Redis tells about itself. Raises RedisErrors."""
    info = redis.info()
    risks = _risks(redis, info)
    warnings = []
    if risks:
        warnings.append(
            f"Redis {', and '.join(risks)}. To lose no acknowledged message, it needs "
            "appendonly yes, appendfsync always and maxmemory-policy noeviction."
        )
    if replicas := info.get("connected_slaves", 0):
        warnings.append(
            f"Redis does not wait for its replicas ({replicas}). If one of them takes over, it can "
            "lack the last acknowledged messages."
        )
    return Health(_trouble(info, str(redis.type(MESSAGES))), warnings)


def _trouble(info: dict[str, Any], kind: str) -> str | None:
    """Return why messages cannot be written, or None if no reason is found."""
    if info.get("role") == "slave":
        return f"{READ_ONLY}."
    if info.get("aof_last_write_status", "ok") != "ok":
        return f"{CANNOT_SAVE}."
    full = 0 < info.get("maxmemory", 0) <= info.get("used_memory", 0)
    if full and info.get("maxmemory_policy") == "noeviction":
        return f"{MEMORY_FULL}."
    if kind not in {"stream", "none"}:
        return f"{NOT_A_STREAM}."
    return None


def _risks(redis: Redis, info: dict[str, Any]) -> list[str]:
    """Return how the settings of Redis could lose messages."""
    risks = []
    policy = info.get("maxmemory_policy", "noeviction")
    if info.get("maxmemory") and policy != "noeviction":
        risks.append(f"drops messages when it is full (maxmemory-policy {policy})")
    if info.get("aof_enabled") != 1:
        risks.append("loses messages when it ends (appendonly no)")
        return risks
    try:
        fsync = redis.config_get("appendfsync").get("appendfsync")
    except ResponseError:
        risks.append("does not tell when it writes to its disk (CONFIG is forbidden)")
    else:
        if fsync != "always":
            risks.append(f"can lose the last messages (appendfsync {fsync})")
    return risks
