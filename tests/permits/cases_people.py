"""Accounts, signing in, the audit, indicators and backups: what each needs, and how it is tried in a place."""

from pathlib import Path

from ecodash.actions.account_plans import AccountPlan, AccountRow
from ecodash.domain.access import Grant, Right, Role
from ecodash.domain.audit import AuditFilter
from ecodash.permits import Reach
from tests.permits.case import Arguments, Case, given
from tests.permits.world import MONTH, NOW, PLACES, World

_WHOLE = ("全部",)
_ONCE = ("本镇",)
_SHARED = {"reach": Reach.SIGNED_IN, "places": _ONCE}
_CALLER = {"address": "", "agent": ""}


def _of_account(world: World, place: str) -> Arguments:
    return given(world.accounts[place])


def _grants(place: str) -> tuple[Grant, ...]:
    return (Grant(Role.VIEWER, PLACES[place]),)


def _plan(world: World, place: str) -> Arguments:
    row = AccountRow(2, f"planned{list(PLACES).index(place)}", "某人", "", _grants(place))
    return given(AccountPlan((row,), ()))


def _on_machine(*args: object, **kwargs: object) -> Case:
    return Case(None, lambda w, p: given(*args, **kwargs), Reach.MACHINE, places=_ONCE)


CASES = {
    # ── accounts ───────────────────────────────────────────────────────────────────────────────────────────────────
    "queries.accounts.list_accounts": Case(
        Right.ADMINISTER,
        lambda w, p: given(),
        Reach.SOMEWHERE,
        lambda w, answer: {p for p, n in w.accounts.items() if n in {one.number for one in answer}},
        _ONCE,
    ),
    "queries.accounts.get_account": Case(Right.ADMINISTER, _of_account, Reach.SOMEWHERE, places=_ONCE),
    "queries.accounts.account_sessions": Case(Right.ADMINISTER, _of_account),
    "queries.accounts.own_account": Case(None, lambda w, p: given(), **_SHARED),
    "queries.accounts.own_sessions": Case(None, lambda w, p: given(), **_SHARED),
    "queries.accounts.has_accounts": Case(None, lambda w, p: given(), Reach.GIVEN, places=_ONCE),
    "actions.accounts.create_account": Case(
        Right.ADMINISTER, lambda w, p: given(f"made{list(PLACES).index(p)}", "某人", grants=_grants(p))
    ),
    "actions.accounts.change_grants": Case(Right.ADMINISTER, lambda w, p: given(w.accounts[p], grants=_grants(p))),
    "actions.accounts.set_disabled": Case(Right.ADMINISTER, lambda w, p: given(w.accounts[p], True, reason="离岗")),
    "actions.accounts.reset_password": Case(Right.ADMINISTER, _of_account),
    "actions.accounts.reset_totp": Case(Right.ADMINISTER, _of_account),
    "actions.accounts.unlink_oidc": Case(Right.ADMINISTER, _of_account),
    "actions.accounts.end_account_sessions": Case(Right.ADMINISTER, _of_account),
    "actions.account_plans.plan_accounts": Case(
        Right.ADMINISTER, lambda w, p: given("账号,姓名,角色,地区".encode(), "a.csv"), Reach.SOMEWHERE, places=_ONCE
    ),
    "actions.account_plans.create_accounts": Case(Right.ADMINISTER, _plan),
    # ── signing in ─────────────────────────────────────────────────────────────────────────────────────────────────
    "actions.signing_in.sign_in": _on_machine("nobody", "x", **_CALLER),
    "actions.signing_in.second_factor": _on_machine("x", "000000", **_CALLER),
    "actions.signing_in.open_oidc": _on_machine("x", "nobody", **_CALLER),
    "actions.signing_in.sign_out": _on_machine("x"),
    "actions.signing_in.sign_out_everywhere": _on_machine("x", keeps_this=True),
    "actions.signing_in.change_password": _on_machine("x", "old", "new"),
    "actions.second_factors.begin_totp": _on_machine("x"),
    "actions.second_factors.confirm_totp": _on_machine("x", "offer", "000000"),
    "actions.second_factors.drop_totp": _on_machine("x", "password"),
    "actions.setting_up.make_setup_link": _on_machine(),
    "actions.setting_up.is_setup_link": _on_machine("x"),
    "actions.setting_up.set_up": _on_machine("x", "admin", "管理员", "password", **_CALLER),
    # ── audit ──────────────────────────────────────────────────────────────────────────────────────────────────────
    "queries.audit.list_audit": Case(Right.AUDIT, lambda w, p: given(), Reach.SOMEWHERE, places=_ONCE),
    "queries.audit.find_audit": Case(Right.AUDIT, lambda w, p: given(AuditFilter()), Reach.SOMEWHERE, places=_ONCE),
    "queries.audit.audit_choices": Case(Right.AUDIT, lambda w, p: given(), Reach.SOMEWHERE, places=_ONCE),
    "queries.audit.audit_length": Case(Right.AUDIT, lambda w, p: given(), Reach.SOMEWHERE, places=_ONCE),
    "queries.audit.check_audit": Case(Right.AUDIT, lambda w, p: given(), Reach.SOMEWHERE, places=_ONCE),
    # ── indicators and backups ─────────────────────────────────────────────────────────────────────────────────────
    "queries.indicators.indicator_choices": Case(None, lambda w, p: given(), **_SHARED),
    "queries.indicators.indicator_reports": Case(Right.ADMINISTER, lambda w, p: given(w.watermark), places=_WHOLE),
    "actions.indicators.change_indicator": Case(
        Right.ADMINISTER, lambda w, p: given("level", is_used=True, headings=[]), places=_WHOLE
    ),
    "queries.backups.list_backups": Case(Right.ADMINISTER, lambda w, p: given(), places=_WHOLE),
    "queries.backups.get_backup": Case(Right.ADMINISTER, lambda w, p: given("none"), places=_WHOLE),
    "actions.backups.make_backup": Case(Right.ADMINISTER, lambda w, p: given(), places=_WHOLE),
    "actions.backups.check_backup": Case(Right.ADMINISTER, lambda w, p: given("none"), places=_WHOLE),
    "actions.backups.delete_backup": Case(Right.ADMINISTER, lambda w, p: given("none"), places=_WHOLE),
    "actions.backups.delete_old_backups": Case(Right.ADMINISTER, lambda w, p: given(1), places=_WHOLE),
    "actions.backups.rotate_backups": Case(Right.ADMINISTER, lambda w, p: given(), places=_WHOLE),
    # ── upkeep ─────────────────────────────────────────────────────────────────────────────────────────────────────
    "actions.maintenance.unordered_months": Case(Right.ADMINISTER, lambda w, p: given(), places=_WHOLE),
    "actions.maintenance.reorder_month": Case(Right.ADMINISTER, lambda w, p: given(MONTH), places=_WHOLE),
    "actions.open_export.export_all": Case(
        Right.ADMINISTER, lambda w, p: given(Path(__file__), formats=("parquet",)), places=_WHOLE
    ),
    "actions.open_export.tell_export": Case(
        Right.ADMINISTER, lambda w, p: given(watermark=1, digest="0", files=1), places=_WHOLE
    ),
    "queries.soundness.store_digest": Case(Right.ADMINISTER, lambda w, p: given(), places=_WHOLE),
    "queries.examination.examine": Case(Right.ADMINISTER, lambda w, p: given(is_full=False, now=NOW), places=_WHOLE),
}
