"""Evidence for a hazardous area: what people said and saw, drawn from what lies there."""

from __future__ import annotations

from numpy.random import Generator
from shapely import Polygon

from rafiqa.demo.name import Name
from rafiqa.demo.plan import HiddenItem, PlannedEvidence

_TOLD: dict[str, tuple[tuple[str, str, Name], ...]] = {
    "front_line": (
        ("former_position", "former_record", Name("Positions on a sketch of the former front",
         "مواقع على مخطط لخط التماس السابق")),
        ("statement", "verbal", Name("A former fighter speaks of mines laid before the trench",
         "مقاتل سابق يتحدث عن ألغام زُرعت أمام الخندق")),
    ),
    "old_town": (
        ("statement", "verbal", Name("Neighbours say doors were wired when the houses were left",
         "يقول الجيران إن الأبواب فُخخت عند إخلاء البيوت")),
        ("unused_land", "visual", Name("No one has gone back into the block",
         "لم يعد أحد إلى المربع")),
    ),
    "ruined": (
        ("damaged_infrastructure", "remote", Name("Heavy damage seen from above",
         "أضرار شديدة تظهر في الصور الجوية")),
        ("statement", "verbal", Name("Scrap collectors tell of shells under the rubble",
         "يروي جامعو الخردة عن قذائف تحت الأنقاض")),
    ),
    "farmland": (
        ("unused_land", "visual", Name("Field not ploughed since the fighting",
         "حقل لم يُحرث منذ القتال")),
        ("statement", "verbal", Name("The farmer's tractor was stopped by a neighbour's warning",
         "أوقف المزارع جراره بعد تحذير جاره")),
    ),
    "cluster_strike": (
        ("statement", "verbal", Name("Residents tell of many small blasts in one night",
         "يروي السكان عن انفجارات صغيرة كثيرة في ليلة واحدة")),
        ("imagery", "remote", Name("A scatter of small marks on the imagery",
         "آثار صغيرة متناثرة في الصور")),
    ),
    "checkpoint": (
        ("former_position", "verbal", Name("A checkpoint stood here for two years",
         "كان هنا حاجز لمدة سنتين")),
        ("statement", "verbal", Name("Drivers keep away from the verge",
         "يتجنب السائقون حافة الطريق")),
    ),
    "river_bank": (
        ("statement", "verbal", Name("Fishermen do not use this bank",
         "لا يستعمل الصيادون هذه الضفة")),
        ("former_position", "verbal", Name("A crossing point was guarded here",
         "كانت هنا نقطة عبور محروسة")),
    ),
    "school_yard": (
        ("statement", "verbal", Name("The caretaker says the school was a barracks",
         "يقول الحارس إن المدرسة كانت ثكنة")),
        ("damaged_infrastructure", "visual", Name("Shell holes in the yard wall",
         "ثقوب قذائف في جدار الساحة")),
    ),
    "air_strike": (
        ("statement", "verbal", Name("A bomb fell and did not go off",
         "سقطت قنبلة ولم تنفجر")),
        ("imagery", "remote", Name("A small round hole without a scatter",
         "حفرة صغيرة مستديرة بلا شظايا متناثرة")),
    ),
}  # fmt: skip
_SEEN = (
    ("eo_seen", Name("Seen by a surveyor from the marked path",
                     "شاهده مسّاح من المسار المعلَّم")),
    ("detonation", Name("Went off in a grass fire, no one hurt",
                        "انفجر في حريق أعشاب دون إصابات")),
    ("crater", Name("A fresh crater with fragments", "حفرة حديثة مع شظايا")),
    ("marking", Name("A faded warning sign beside packing and fuses",
                     "علامة تحذير باهتة بجانب صناديق وصواعق")),
)  # fmt: skip
_DEEP_CM = 60
_HOLE = ("crater", Name("A narrow entry hole, no sign of a blast",
                        "ثقب دخول ضيق بلا أثر انفجار"))  # fmt: skip


def first_evidence(
    rng: Generator,
    kind: str,
    shape: Polygon,
    seen_items: tuple[HiddenItem, ...],
    start: tuple[str, int],
) -> list[PlannedEvidence]:
    """Returns the evidence gathered from a day on: what was told, then what was seen.

    Only items that lie there are seen, so an unfounded suspicion stays indirect.

    Args:
        rng: the generator.
        kind: of the area.
        shape: of the area, in metres.
        seen_items: what is seen on the ground, in this order.
        start: the area's id and the first day.
    """
    area_id, day = start
    items: list[PlannedEvidence] = []
    spot = shape.point_on_surface()
    for told, source, text in _TOLD[kind]:
        number = len(items) + 1
        items.append(
            PlannedEvidence(
                f"{area_id}-e{number}", day, told, source, round(spot.x, 3), round(spot.y, 3),
                int(rng.integers(20, 80)), direct=False, text=text,
            )
        )  # fmt: skip
        day += int(rng.integers(0, 9))
    for item in seen_items:
        day += int(rng.integers(1, 35))
        number = len(items) + 1
        deep = item.depth_cm > _DEEP_CM
        seen, text = _HOLE if deep else _SEEN[int(rng.integers(0, len(_SEEN)))]
        items.append(
            PlannedEvidence(
                f"{area_id}-e{number}", day, seen, "visual", item.x_m, item.y_m,
                int(rng.integers(1, 8)), direct=True, text=text,
            )
        )  # fmt: skip
    return items


def contrary_evidence(area_id: str, number: int, shape: Polygon, day: int) -> PlannedEvidence:
    """Returns the evidence that speaks against: years of normal use, told and seen."""
    spot = shape.point_on_surface()
    text = Name(
        "The land has been in daily use since the return; paths and digging seen",
        "الأرض مستعملة يوميًا منذ العودة؛ شوهدت ممرات وأعمال حفر",
    )
    return PlannedEvidence(
        f"{area_id}-e{number}", day, "contrary_use", "visual", round(spot.x, 3), round(spot.y, 3),
        10, direct=False, text=text,
    )  # fmt: skip
