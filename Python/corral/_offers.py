"""What the synchronous and the asynchronous client have in common.

The bases are generic over what their calls return: a result, or a coroutine of one. How a call is carried out is all
that the clients add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, Generic, TypeVar, overload
from urllib.parse import urlencode

from gymnasium import spaces

from . import _calls as calls
from ._calls import Call, ResetResult, SessionCore

Fields = TypeVar("Fields", covariant=True)
One = TypeVar("One", covariant=True)
Many = TypeVar("Many", covariant=True)
Items = TypeVar("Items", covariant=True)


class ServerOffers(Generic[Fields]):
    """What can be asked of a server itself."""

    def health(self) -> Fields:
        """How the server is; raises when it cannot be reached."""
        return self._run(Call("GET", "/v1/health", calls.answer))

    def capabilities(self) -> Fields:
        """What the server and its machine offer: backends, isolation, limits."""
        return self._run(Call("GET", "/v1/capabilities", calls.answer))

    def policy(self) -> Fields:
        """What is demanded of versions before they may be started."""
        return self._run(Call("GET", "/v1/policy", calls.answer))

    def reload_policy(self) -> Fields:
        """Lets the server read its policy again: ``{"versions": …, "allowed": …, "approved": […]}``."""
        return self._run(Call("POST", "/v1/policy/reload", calls.answer))

    def _run(self, call: Call[dict[str, Any]]) -> Fields:
        raise NotImplementedError


class EnvironmentOffers(Generic[Fields, Items]):
    """The environments that a server offers."""

    def list(self, **query: Any) -> Items:
        """All environments, page by page as they are needed."""
        return self._items(calls.listing("/v1/environments", "environments", query))

    def search(self, text: str = "", **query: Any) -> Items:
        """Environments that have all words of `text`, page by page as they are needed.

        Other arguments are those of ``GET /v1/environments``: ``tag``, ``namespace``, ``backend``, ``observation``,
        ``action``, ``agents``, ``license``, ``state``, ``resources``, ``checks`` (texts; commas part alternatives),
        ``reward_min``, ``reward_max``, ``sort``, ``limit`` (the size of a page).
        """
        return self._items(calls.listing("/v1/environments", "environments", {"q": text or None, **query}))

    def get(self, reference: str) -> Fields:
        """What `reference` names; raises `errors.NotFound`."""
        return self._run(Call("GET", f"/v1/environments/{calls.segment(reference)}", calls.answer))

    def versions(self, name: str) -> Fields:
        """The versions of an environment in the catalog: ``{"versions": […]}``, from the oldest to the newest."""
        return self._run(self._call("GET", name, "/versions"))

    def history(self, reference: str, before: int | None = None, limit: int | None = None) -> Fields:
        """Who did what to an environment, when and why: ``{"entries": […], "next": …}``, the newest first."""
        return self._run(self._call("GET", reference, "/history", {"before": before, "limit": limit}))

    def set_alias(self, name: str, alias: str, version: str | None, reason: str = "") -> Fields:
        """Lets `alias` name a version, or removes it with None."""
        return self._run(
            self._call("POST", name, "/aliases", body={"alias": alias, "version": version, "reason": reason})
        )

    def update(self, name: str, reason: str = "", **metadata: Any) -> Fields:
        """Changes ``title``, ``description``, ``homepage`` or ``tags``; None takes them from the versions again."""
        return self._run(self._call("PATCH", name, body={**metadata, "reason": reason}))

    def deprecate(self, reference: str, message: str, successor: str | None = None, reason: str = "") -> Fields:
        """Tells every user of a version not to use it."""
        body = {"message": message, "successor": successor, "reason": reason}
        return self._run(self._call("POST", reference, "/deprecate", body=body))

    def yank(self, reference: str, reason: str) -> Fields:
        """Lets a version be found by its digest only."""
        return self._run(self._call("POST", reference, "/yank", body={"reason": reason}))

    def retire(self, reference: str, reason: str) -> Fields:
        """Ends a version for ever."""
        return self._run(self._call("POST", reference, "/retire", body={"reason": reason}))

    def restore(self, reference: str, reason: str = "") -> Fields:
        """Takes a deprecation or a yank back."""
        return self._run(self._call("POST", reference, "/restore", body={"reason": reason}))

    def reviews(self, state: str = "submitted", limit: int | None = None) -> Items:
        """Versions that wait for a review (or, with ``in_review``, are in one), the oldest first."""
        return self._items(calls.listing("/v1/reviews", "reviews", {"state": state, "limit": limit}))

    def review(self, reference: str) -> Fields:
        """Where the review of a version stands, and what the policy still demands."""
        return self._run(self._call("GET", reference, "/review"))

    def submit(self, reference: str, reason: str = "") -> Fields:
        """Asks for a review of a version; answers with the review, as do the methods below."""
        return self._run(self._call("POST", reference, "/submit", body={"reason": reason}))

    def start_review(self, reference: str, reason: str = "") -> Fields:
        """Begins the review of a version that was submitted."""
        return self._run(self._call("POST", reference, "/review", body={"reason": reason}))

    def approve(self, reference: str, comment: str = "", envelope: Mapping[str, Any] | None = None) -> Fields:
        """Approves the bytes of a version that is in review.

        `envelope` is the statement of its review with a comment, in a DSSE envelope that the reviewer's own key has
        signed; None: the server signs.
        """
        body = {"comment": comment} if envelope is None else {"envelope": dict(envelope)}
        return self._run(self._call("POST", reference, "/approve", body=body))

    def reject(self, reference: str, reason: str) -> Fields:
        """Refuses a version."""
        return self._run(self._call("POST", reference, "/reject", body={"reason": reason}))

    def start_check(self, reference: str, budget_seconds: int | None = None) -> Fields:
        """Queues the admission checks of a version, or finds those that wait or run."""
        body = {} if budget_seconds is None else {"budget_seconds": budget_seconds}
        return self._run(self._call("POST", reference, "/checks", body=body))

    def check_status(self, reference: str) -> Fields:
        """The last check of a version: its ``state``, and when that is ``done`` its ``report`` and ``attestation``."""
        return self._run(self._call("GET", reference, "/checks"))

    @staticmethod
    def _call(
        method: str, reference: str, rest: str = "", query: Mapping[str, Any] | None = None, body: Any = None
    ) -> Call[dict[str, Any]]:
        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        target = f"/v1/environments/{calls.segment(reference)}{rest}"
        return Call(method, target + (f"?{urlencode(given)}" if given else ""), calls.answer, body)

    def _run(self, call: Call[dict[str, Any]]) -> Fields:
        raise NotImplementedError

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> Items:
        raise NotImplementedError


class AccessOffers(Generic[Fields, Items]):
    """Keys and the audit log, for administrators."""

    def create(
        self,
        caller: str,
        roles: Sequence[str] | Mapping[str, Sequence[str]],
        *,
        tenant: str | None = None,
        acts_for_tenant: bool = False,
        expires_at: str | None = None,
        rate: Mapping[str, float] | None = None,
        note: str = "",
    ) -> Fields:
        """Makes a key; ``token`` of what it returns is the key itself, which nobody can show again.

        Args:
            caller: Whose it is: the owner of what is done with it.
            roles: Of ``viewer``, ``runner``, ``publisher``, ``reviewer``, ``admin``: a list for all namespaces, or such
                lists by namespace.
            tenant: Whose sessions it shares; None: the caller's own.
            acts_for_tenant: Whether it acts in sessions that others of the tenant made.
            expires_at: RFC 3339 or a date; None: never.
            rate: ``{"per_second": 10, "burst": 20}``; None: no limit.
        """
        body = {
            "caller": caller,
            "roles": {name: list(each) for name, each in roles.items()} if isinstance(roles, Mapping) else list(roles),
            "tenant": tenant,
            "acts_for_tenant": acts_for_tenant,
            "expires_at": expires_at,
            "rate": dict(rate) if rate is not None else None,
            "note": note,
        }
        return self._run(Call("POST", "/v1/keys", calls.answer, body))

    def list(self, state: str | None = None) -> Fields:
        """``{"keys": […]}``, the oldest first; `state` is ``active``, ``expired`` or ``revoked``."""
        return self._run(Call("GET", "/v1/keys" + (f"?state={state}" if state else ""), calls.answer))

    def get(self, id: str) -> Fields:
        return self._run(Call("GET", f"/v1/keys/{calls.segment(id)}", calls.answer))

    def revoke(self, id: str, reason: str = "") -> Fields:
        """Takes a key's rights away for ever, from its next request on."""
        query = "?" + urlencode({"reason": reason}) if reason else ""
        return self._run(Call("DELETE", f"/v1/keys/{calls.segment(id)}{query}", calls.answer))

    def audit(self, **query: Any) -> Items:
        """The records of the audit log, the oldest first, page by page as they are needed.

        Arguments are those of ``GET /v1/audit``: ``actor``, ``action``, ``object``, ``outcome``, ``limit`` (the size of
        a page). `corral.audit.verify` checks all of them.
        """
        return self._items(calls.listing("/v1/audit", "records", query))

    def _run(self, call: Call[dict[str, Any]]) -> Fields:
        raise NotImplementedError

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> Items:
        raise NotImplementedError


class TrajectoryOffers(Generic[Fields, Items]):
    """What a server has recorded; `corral.trajectories` reads and writes it in other forms."""

    def list(
        self,
        environment: str | None = None,
        state: str | None = None,
        digest: str | None = None,
        label: str | None = None,
        limit: int | None = None,
    ) -> Items:
        """Summaries, oldest first, page by page as they are needed; `limit` is the size of a page."""
        query = {"environment": environment, "state": state, "digest": digest, "label": label, "limit": limit}
        return self._items(calls.listing("/v1/trajectories", "trajectories", query))

    def get(self, id: str) -> Fields:
        """What a trajectory is of, and how it ended; raises `errors.NotFound`."""
        return self._run(Call("GET", f"/v1/trajectories/{calls.segment(id)}", calls.answer))

    def steps(self, id: str, start: int | None = None, stop: int | None = None) -> Items:
        """Its records from index `start` to before `stop`, as they are needed."""
        return self._items(calls.recorded(id, start, stop))

    def verify(self, id: str) -> Fields:
        """Whether its file is as it was written, and which chunk is not."""
        return self._run(Call("GET", f"/v1/trajectories/{calls.segment(id)}/verify", calls.answer))

    def delete(self, id: str) -> Fields:
        return self._run(Call("DELETE", f"/v1/trajectories/{calls.segment(id)}", calls.answer))

    def _run(self, call: Call[dict[str, Any]]) -> Fields:
        raise NotImplementedError

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> Items:
        raise NotImplementedError


class SessionOffers(Generic[One, Many, Items]):
    """The sessions of the caller."""

    @overload
    def create(
        self,
        environment: str,
        instance: str | None = ...,
        params: Mapping[str, Any] | None = ...,
        seed: int | None = ...,
        options: Mapping[str, Any] | None = ...,
        labels: Mapping[str, str] | None = ...,
        count: None = ...,
        reset: bool = ...,
        rows: int | None = ...,
        autoreset: str | None = ...,
        record: str | None = ...,
    ) -> One: ...

    @overload
    def create(
        self,
        environment: str,
        instance: str | None = ...,
        params: Mapping[str, Any] | None = ...,
        seed: int | None = ...,
        options: Mapping[str, Any] | None = ...,
        labels: Mapping[str, str] | None = ...,
        *,
        count: int,
        reset: bool = ...,
        rows: int | None = ...,
        autoreset: str | None = ...,
        record: str | None = ...,
    ) -> Many: ...

    def create(
        self,
        environment: str,
        instance: str | None = None,
        params: Mapping[str, Any] | None = None,
        seed: int | None = None,
        options: Mapping[str, Any] | None = None,
        labels: Mapping[str, str] | None = None,
        count: int | None = None,
        reset: bool = True,
        rows: int | None = None,
        autoreset: str | None = None,
        record: str | None = None,
    ) -> One | Many:
        """Opens a session, or with `count` as many (all or none).

        With `reset` the first episode has begun and `initial` of the session holds its first observation; `seed` and
        `options` are for that reset.

        `rows` makes it a vector session of a native environment: its calls take and give arrays of rows, in the form of
        Gymnasium's `batch_space`. `autoreset` is ``NextStep`` (default), ``SameStep`` or ``Disabled``.

        `record` says how much of it is recorded: ``full``, ``digest`` or ``off``; None: what the server's policy says.
        """
        call = calls.create(environment, instance, params, seed, options, labels, reset, count, rows, autoreset, record)
        return self._one(call) if count is None else self._many(call)

    def get(self, id: str) -> One:
        """The live session with this id; raises `errors.NotFound`."""
        return self._one(calls.session(id))

    def list(
        self,
        state: str | None = None,
        environment: str | None = None,
        label: str | None = None,
        limit: int | None = None,
    ) -> Items:
        """Descriptions of sessions, page by page as they are needed; `limit` is the size of a page."""
        query = {"state": state, "environment": environment, "label": label, "limit": limit}
        return self._items(calls.listing("/v1/sessions", "sessions", query))

    def _one(self, call: Call[Any]) -> One:
        """The one session that the call's `SessionCore` stands for."""
        raise NotImplementedError

    def _many(self, call: Call[Any]) -> Many:
        raise NotImplementedError

    def _items(self, page: Callable[[str | None], Call[calls.Page]]) -> Items:
        raise NotImplementedError


class SessionView:
    """What is known of a session without a call."""

    def __init__(self, core: SessionCore) -> None:
        self._core = core

    @property
    def id(self) -> str:
        return self._core.id

    @property
    def info(self) -> dict[str, Any]:
        """The server's description of the session when it was last read."""
        return self._core.description

    @property
    def index(self) -> int | None:
        """The index of the last accepted reset or step, None before the first."""
        return self._core.index

    @property
    def initial(self) -> ResetResult | None:
        """The reset that came with the creation."""
        return self._core.initial

    @property
    def observation_space(self) -> spaces.Space[Any] | None:
        return self._core.spaces[0]

    @property
    def action_space(self) -> spaces.Space[Any] | None:
        return self._core.spaces[1]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r}, {self.info.get('environment')!r})"
