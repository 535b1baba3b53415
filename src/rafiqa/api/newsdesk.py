"""News at the desk: what happened that concerns who asks, and how much of it they have not seen."""

from __future__ import annotations

from rafiqa.api.ask import Ask
from rafiqa.api.name import told
from rafiqa.api.queuedesk import NO_STORE, staff_account
from rafiqa.api.queueshape import News, NewsItem, NewsSeen, SeenDone
from rafiqa.api.reply import Reply, reply
from rafiqa.service.deskmark import desk_mark, mark_seen
from rafiqa.service.news import news_of
from rafiqa.wire.instant import iso


def show_news(ask: Ask) -> Reply:
    """Returns what concerns who asks, the newest first, with how much of it is new.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    account, office = staff_account(ask), ask.desk.office
    mark = desk_mark(office.store, account.login)
    n_entries = len(office.facts())
    found = news_of(office, account.actor)
    items = [
        NewsItem(
            news.kind,
            iso(news.at_us),
            told(news.says.code, news.says.params, ask.lang),
            news.danger,
            news.is_new(mark),
            news.page,
            news.id,
        )
        for news in found
    ]
    n_new = sum(item.is_new for item in items)
    return reply(News(items, n_new, mark.seen_seq, n_entries), NO_STORE)


def put_seen(ask: Ask) -> Reply:
    """Returns how much is new still, after news up to a place in the ledger was looked at.

    A place that the ledger has not reached is taken as where it ends: nothing is seen ahead.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    account, office = staff_account(ask), ask.desk.office
    seq = min(ask.taken(NewsSeen).seq, len(office.facts()))
    mark = mark_seen(office.store, account.login, seq, office.now_us())
    left = sum(news.is_new(mark) for news in news_of(office, account.actor))
    return reply(SeenDone(left), NO_STORE)
