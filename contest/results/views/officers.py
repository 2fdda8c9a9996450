"""Pages on which officers compute, sign, date and publish results. Nobody else knows of them."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.contests import queries as contests
from contest.contests.actor import Actor
from contest.contests.models import Contest
from contest.contests.signedin import actor
from contest.core.decisions import Decision, deny
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.results import policy
from contest.results.actions import sets as actions
from contest.results.forms import ReasonForm, SignForm, embargo_form
from contest.results.models import ResultSet, ResultState
from contest.results.queries import readiness
from contest.results.queries import sets as queries
from contest.results.views.blueprint import bp
from contest.web import merging
from contest.web.access import action, authorize, found, reveal
from contest.web.db import db
from contest.web.forms import ConfirmForm, done, render_form
from contest.web.requests import now


@bp.get("/contests/<slug:slug>/results")
@signed_in
@action("results.certify")
def certify(slug: str) -> ResponseReturnValue:
    """Show where the results stand and what is to be done next."""
    contest, who = _officer(slug)
    live = queries.live(db.session(), contest.id)
    return render_form(
        "results/certify.html", ReasonForm(), contest=contest, live=live,
        published=queries.published(db.session(), contest.id),
        sets=queries.all_sets(db.session(), contest.id),
        blockers=readiness.blockers(db.session(), contest),
        awards=queries.given(db.session(), contest.id),
        told=queries.text(live) if live else None, frozen=queries.frozen(live) if live else (),
        is_fresh=live is None or live.state is not ResultState.COMPUTED
        or queries.is_fresh(db.session(), live),
        may_publish=policy.may_publish(who), may_sign=_may_sign(who, live),
        is_due=bool(live and live.publish_at and live.publish_at <= now()),
    )  # fmt: skip


@bp.post("/contests/<slug:slug>/results/compute")
@signed_in
@action("results.compute")
def compute(slug: str) -> ResponseReturnValue:
    """Freeze the first result of the contest."""
    contest, who = _officer(slug)
    authorize(policy.may_publish(who))
    made = actions.compute(db.session(), contest, by=current(), at=now())
    flash(gettext("Result %(number)s is computed. Two officers sign it now.", number=made.number))
    return redirect(url_for(".certify", slug=slug), 303)


@bp.route("/contests/<slug:slug>/results/correct", methods=["GET", "POST"])
@signed_in
@action("results.correct")
def correct(slug: str) -> ResponseReturnValue:
    """Freeze a result that is to replace the published one, with the reason."""
    contest, who = _officer(slug)
    authorize(policy.may_publish(who))
    published = found(queries.published(db.session(), contest.id))
    form = ReasonForm()
    if done(
        form,
        lambda: actions.compute(db.session(), contest, by=current(), at=now(), reason=form.text()),
    ):
        flash(gettext("The correction is computed. Two officers sign it now."))
        return redirect(url_for(".certify", slug=slug), 303)
    return render_form(
        "results/correct.html", form, contest=contest, published=published,
        last_round=contests.rounds(db.session(), contest.id)[-1],
    )  # fmt: skip


@bp.route("/contests/<slug:slug>/results/<int:number>/sign", methods=["GET", "POST"])
@signed_in
@action("results.sign")
def sign(slug: str, number: int) -> ResponseReturnValue:
    """Read the code back and sign."""
    contest, who = _officer(slug)
    result_set = _result_set(contest, number)
    authorize(_may_sign(who, result_set))
    role = policy.capacity(who)
    form = SignForm()
    if role is not None and done(
        form,
        lambda: actions.sign(
            db.session(),
            result_set,
            code=form.code.data or "",
            role=role,
            by=current(),
            at=now(),
        ),
    ):
        flash(gettext("You have signed result %(number)s.", number=number))
        return redirect(url_for(".certify", slug=slug), 303)
    return render_form(
        "results/sign.html", form, contest=contest, result_set=result_set,
        frozen=queries.frozen(result_set), role=role,
    )  # fmt: skip


@bp.route("/contests/<slug:slug>/results/<int:number>/embargo", methods=["GET", "POST"])
@signed_in
@action("results.embargo")
def embargo(slug: str, number: int) -> ResponseReturnValue:
    """Set or move the instant of publication."""
    contest, who = _officer(slug)
    authorize(policy.may_publish(who))
    result_set = _result_set(contest, number)
    form = embargo_form(contest.zone, result_set.publish_at)
    if merging.save_unversioned(
        form,
        lambda: embargo_form(contest.zone, result_set.publish_at, formdata=None),
        lambda: actions.embargo(
            db.session(), result_set, publish_at=form.instant(), by=current(), at=now()
        ),
    ):
        flash(gettext("The results come out at that instant."))
        return redirect(url_for(".certify", slug=slug), 303)
    return render_form("results/embargo.html", form, contest=contest, result_set=result_set)


@bp.route("/contests/<slug:slug>/results/<int:number>/publish-now", methods=["GET", "POST"])
@signed_in
@action("results.publish")
def publish(slug: str, number: int) -> ResponseReturnValue:
    """Ask once more, then publish at once: the embargo ends with this instant."""
    contest, who = _officer(slug)
    authorize(policy.may_publish(who))
    result_set = _result_set(contest, number)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            if not _is_due(result_set):
                actions.embargo(db.session(), result_set, publish_at=now(), by=current(), at=now())
            actions.publish(db.session(), result_set, by=current(), at=now())
        except DomainError as error:
            form.reject(error)
        else:
            flash(gettext("The results are public."))
            return redirect(url_for(".certify", slug=slug), 303)
    return render_form(
        "results/publish.html", form, contest=contest, result_set=result_set,
        frozen=queries.frozen(result_set),
    )  # fmt: skip


@bp.route("/contests/<slug:slug>/results/<int:number>/discard", methods=["GET", "POST"])
@signed_in
@action("results.discard")
def discard(slug: str, number: int) -> ResponseReturnValue:
    """Give up a result that is not out yet."""
    contest, who = _officer(slug)
    authorize(policy.may_publish(who))
    result_set = _result_set(contest, number)
    form = ReasonForm()
    if done(
        form,
        lambda: actions.discard(
            db.session(), result_set, reason=form.text(), by=current(), at=now()
        ),
    ):
        flash(gettext("Result %(number)s is discarded.", number=number))
        return redirect(url_for(".certify", slug=slug), 303)
    return render_form("results/discard.html", form, contest=contest, result_set=result_set)


def _officer(slug: str) -> tuple[Contest, Actor]:
    contest = found(contests.by_slug(db.session(), slug))
    who = actor(contest)
    reveal(policy.may_prepare(who))
    return contest, who


def _result_set(contest: Contest, number: int) -> ResultSet:
    return found(queries.result_set(db.session(), contest.id, number))


def _is_due(result_set: ResultSet) -> bool:
    return result_set.publish_at is not None and result_set.publish_at <= now()


def _may_sign(who: Actor, result_set: ResultSet | None) -> Decision:
    may = policy.may_sign(who)
    if not may or result_set is None:
        return may
    person: Any = who.user
    if any(s.user_id == person.id for s in result_set.signatures):
        return deny(N_("You have signed this result. The second name is another person's."))
    return result_set.can("certify")
