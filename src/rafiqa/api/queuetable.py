"""The endpoints of the desk's queue, of dossiers, dashboards and news."""

from __future__ import annotations

from rafiqa.api import (
    dashboard,
    dashshape,
    dossier,
    dossiershape,
    newsdesk,
    queuedesk,
    queueshape,
    releasesheet,
)
from rafiqa.api.route import Endpoint, Param

_TEXT = {"type": "string"}
_PERIOD = (
    Param("from", _TEXT, "Start of the period; the first fact where left out."),
    Param("to", _TEXT, "End of the period, included; the time asked about where left out."),
)

QUEUE_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/queue",
        "What waits for who is signed in: danger first, then what waits longest",
        queuedesk.show_queue,
        queueshape.Queue,
    ),
    Endpoint(
        "POST",
        "/api/queue/aside",
        "Take something that no act settles off the own list, until more of it comes",
        queuedesk.put_aside,
        queueshape.AsideDone,
        queueshape.AsideAsked,
    ),
    Endpoint(
        "GET",
        "/api/news",
        "What happened that concerns who is signed in, and how much of it they have not seen",
        newsdesk.show_news,
        queueshape.News,
    ),
    Endpoint(
        "POST",
        "/api/news/seen",
        "Say up to which place in the ledger news was seen",
        newsdesk.put_seen,
        queueshape.SeenDone,
        queueshape.NewsSeen,
    ),
    Endpoint(
        "GET",
        "/api/releases/{release_id:path}",
        "A proposed release with all that the second person has to have seen, for staff",
        releasesheet.show_release,
        queueshape.ReleaseSheet,
    ),
    Endpoint(
        "GET",
        "/api/tasks",
        "Every task, where it is and where the work on it stands, for staff",
        dossier.show_tasks,
        dossiershape.Tasks,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/tasks/{task_id:path}",
        "One task with everything on record of it, for staff",
        dossier.show_dossier,
        dossiershape.Dossier,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/progress",
        "The land account quarter by quarter",
        dashboard.show_progress,
        dashshape.ProgressTold,
        params=_PERIOD,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/quality",
        "What was looked at, what failed, and what passed wrongly, for staff",
        dashboard.show_quality,
        dashshape.QualityTold,
        params=_PERIOD,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/waits",
        "How long each step from evidence to permit takes, open cases counted, for staff",
        dashboard.show_waits,
        dashshape.WaitsTold,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/equity",
        "What each district bears and how long it has waited, for staff",
        dashboard.show_equity,
        dashshape.EquityTold,
        timed=True,
    ),
)
