/** A small made-up city for the mock: always the same, in both languages, with three years of history. */

const [LON, LAT] = [43.134, 36.338];
const METRE_LAT = 1 / 111_000;
const METRE_LON = METRE_LAT / Math.cos((LAT * Math.PI) / 180);

/** A place east and north of the middle, in metres, as [lon, lat]. */
export const place = (east, north) => [
  +(LON + east * METRE_LON).toFixed(7),
  +(LAT + north * METRE_LAT).toFixed(7),
];
export const MIDDLE = [LON, LAT];
export const BOX = [...place(-1250, -900), ...place(1250, 900)];

const polygon = (points) => {
  const ring = points.map(([east, north]) => place(east, north));
  return { type: "Polygon", coordinates: [[...ring, ring[0]]] };
};
const line = (points) => ({ type: "LineString", coordinates: points.map(([e, n]) => place(e, n)) });
const point = (east, north) => ({ type: "Point", coordinates: place(east, north) });
const box = (east, north, width, height) =>
  polygon([
    [east, north],
    [east + width, north],
    [east + width, north + height],
    [east, north + height],
  ]);
const both = (en, ar) => ({ en, ar });

/** Each thing is shown from its day until its end. */
const thing = (geometry, properties, from = "2024-01-15", until = "2999-01-01") => ({
  geometry,
  properties,
  from: `${from}T08:00:00Z`,
  until: `${until}T08:00:00Z`,
});

const NAMES = {
  "HA-0001": both("Old Bridge Quarter (HA-0001)", "حي الجسر القديم (HA-0001)"),
  "HA-0002": both("North Bank Orchards", "بساتين الضفة الشمالية"),
  "HA-0003": both("Tannery Yards", "ساحات الدباغة"),
  "HA-0004": both("Al-Nahr School Ground", "أرض مدرسة النهر"),
  "HA-0005": both("Railway Triangle", "مثلث السكة"),
  "HA-0006": both("Eastern Rubble Field", "حقل الأنقاض الشرقي"),
};

const QUARTER = [[-620, 60], [-330, 20], [-250, 210], [-330, 330], [-560, 300]];
const TRIANGLE = [[420, -160], [900, -90], [700, -480], [470, -420]];

export const LAYERS = {
  hazards: [
    thing(polygon(QUARTER), hazard("HA-0001", "cha", false, "in_progress", 68_400)),
    thing(polygon([[-900, 480], [-380, 430], [-200, 560], [-300, 760], [-820, 800]]), hazard("HA-0002", "sha", false, "tasked", 154_200)),
    thing(polygon([[80, 420], [330, 400], [350, 560], [140, 620]]), hazard("HA-0003", "indication", false, "assessing", 43_900), "2025-06-01"),
    thing(box(60, 60, 190, 150), hazard("HA-0004", "cha", false, "open", 28_500), "2024-02-10", "2025-03-20"),
    thing(box(60, 60, 120, 150), hazard("HA-0004", "cha", true, "reopened", 18_000), "2026-07-02"),
    thing(polygon(TRIANGLE), hazard("HA-0005", "sha", false, "open", 118_000), "2024-03-01", "2026-02-10"),
    thing(polygon([[700, -120], [900, -90], [780, -320], [690, -300]]), hazard("HA-0005", "sha", false, "in_progress", 31_700), "2026-02-10"),
    thing(polygon([[640, 250], [1050, 180], [1120, 480], [760, 560]]), hazard("HA-0006", "cha", false, "open", 110_300), "2024-09-09"),
  ],
  parts: [
    thing(polygon([[-620, 60], [-475, 40], [-445, 315], [-560, 300]]), part("HA-0001", "P-0001-1", "cleared", 30, 26_800), "2025-11-04"),
    thing(box(60, 60, 190, 150), part("HA-0004", "P-0004-1", "cleared", 50, 28_500), "2025-03-20", "2026-07-02"),
    thing(box(180, 60, 70, 150), part("HA-0004", "P-0004-2", "cleared", 50, 10_500), "2026-07-02"),
    thing(polygon([[420, -160], [560, -139], [520, -430], [470, -420]]), part("HA-0005", "P-0005-1", "cancelled", null, 36_000), "2026-02-10"),
    thing(polygon([[560, -139], [700, -120], [690, -300], [520, -430]]), part("HA-0005", "P-0005-2", "reduced", null, 40_300), "2026-02-10"),
    thing(polygon([[690, -300], [780, -320], [700, -480], [520, -430]]), part("HA-0005", "P-0005-3", "cleared", 100, 10_000), "2026-05-18"),
  ],
  notcleared: [
    thing(box(-540, 130, 50, 70), { area_id: "HA-0001", part_id: "P-0001-2", reason: "under a collapsed slab" }, "2025-11-04"),
  ],
  projects: [
    thing(box(75, 75, 150, 110), project("PR-01", "school_repair", both("Repair of Al-Nahr School", "ترميم مدرسة النهر"), "closed", 40)),
    thing(polygon([[-610, 80], [-490, 62], [-470, 200], [-580, 190]]), project("PR-02", "housing_block", both("Housing at the Old Bridge", "سكن عند الجسر القديم"), "closed", 120)),
    thing(box(535, -330, 120, 130), project("PR-03", "market", both("Triangle Market", "سوق المثلث"), "open", 30)),
    thing(box(-200, -420, 160, 90), project("PR-04", "water_pipe", both("Water Pipe South", "خط مياه الجنوب"), "conditions", 150)),
    thing(box(-980, -520, 130, 120), project("PR-05", "hospital_wing", both("New Wing of the River Hospital", "جناح جديد في مستشفى النهر"), "open", 80)),
    thing(box(840, 270, 140, 120), project("PR-06", "road_renewal", both("Renewal of East Road", "تجديد الطريق الشرقي"), "closed", 60)),
  ],
  accidents: [
    thing(point(150, 120), { accident_id: "AC-1", kind: "accident", on: "2026-07-01", killed: 0, injured: 1 }, "2026-07-01"),
    thing(point(-700, 620), { accident_id: "AC-2", kind: "accident", on: "2024-05-12", killed: 1, injured: 2 }, "2024-05-12"),
  ],
  rubble: [thing(box(300, 250, 90, 70), { lot_id: "RL-1", name: both("Lot 1", "كومة 1"), state: "open" })],
  tasks: [thing(polygon([[-630, 50], [-320, 10], [-235, 215], [-325, 345], [-570, 312]]), { task_id: "T-7", area_id: "HA-0001", stage: "in_progress", organisation: "North Clearance" })],
  evidence: [
    thing(point(-420, 180), { evidence_id: "E-1", kind: "eo_seen", class: "direct" }),
    thing(point(-600, 600), { evidence_id: "E-2", kind: "statement", class: "indirect" }),
    thing(point(520, -250), { evidence_id: "E-3", kind: "contrary_use", class: "contrary" }),
  ],
  reports: [thing(point(220, 500), { report_id: "R-1", triage: "waiting", state: "received" }, "2025-06-01")],
  ...ground(),
};

function hazard(area_id, class_, reopened, stage, area_m2) {
  return { area_id, name: NAMES[area_id], class: class_, reopened, stage, area_m2 };
}
function part(area_id, part_id, outcome, depth_cm, area_m2) {
  return { area_id, part_id, outcome, depth_cm, area_m2 };
}
function project(project_id, kind, name, outcome, depth_cm) {
  return { project_id, kind, name, outcome, depth_cm, codes: [] };
}

function river(north) {
  return (east) => north + 60 * Math.sin(east / 420);
}

function ground() {
  const span = Array.from({ length: 27 }, (_, i) => -1300 + i * 100);
  const top = span.map((east) => [east, river(-60)(east)]);
  const bottom = [...span].reverse().map((east) => [east, river(-200)(east)]);
  const roads = [];
  for (const north of [-820, -660, -500, -340, 60, 220, 380, 540, 700]) {
    const kind = north === 220 || north === -500 ? "arterial" : "street";
    roads.push(thing(line([[-1240, north], [1240, north]]), { kind, name: kind === "arterial" ? both("Station Road", "شارع المحطة") : null }));
  }
  for (const east of [-1120, -880, -640, -400, -160, 80, 320, 560, 800, 1040]) {
    for (const [from, to] of [[-880, -270], [40, 860]]) roads.push(thing(line([[east, from], [east, to]]), { kind: "street", name: null }));
  }
  const bridges = [-400, 320].map((east) => {
    roads.push(thing(line([[east, -340], [east, 60]]), { kind: "arterial", name: null }));
    return thing(line([[east, river(-200)(east) - 6], [east, river(-60)(east) + 6]]), { kind: "bridge", name: both("Old Bridge", "الجسر القديم") });
  });
  return { water: [thing(polygon([...top, ...bottom]), { kind: "river", name: both("River", "النهر") })], roads, bridges };
}

/** Rings of buildings with what a tile tells of them. */
export const BUILDINGS = buildings();

function buildings() {
  const found = [];
  let seed = 7;
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const services = { 20: "school", 57: "hospital", 83: "water_works", 140: "school", 201: "school" };
  for (let east = -1110; east < 1040; east += 48) {
    for (const north of [-810, -735, -650, -575, -490, -415, 70, 145, 230, 305, 390, 465, 550, 625]) {
      if (chance() < 0.16 || (Math.round(east + 1110) % 240) > 200) continue;
      const [width, height] = [22 + chance() * 16, 26 + chance() * 30];
      const kind = services[found.length] ?? "house";
      const corners = [[0, 0], [width, 0], [width, height * 0.6], [width * 0.6, height * 0.6], [width * 0.6, height], [0, height]];
      const ring = corners.map(([e, n]) => place(east + e, north + n));
      const gate = gateAt(east + width / 2, north + height / 2);
      const id = `b${String(found.length + 1).padStart(6, "0")}`;
      const named = kind === "house" ? both(`House ${found.length + 1}`, `منزل ${found.length + 1}`) : both("Al-Nahr", "النهر");
      found.push({ ring, tags: { asset_id: id, kind, storeys: 1 + Math.floor(chance() * 4), gate }, name: named });
    }
  }
  return found;
}

/** Closed inside the present hazards, conditions elsewhere north of the river, open in released parts. */
function gateAt(east, north) {
  const at = place(east, north);
  const now = "2026-11-01T00:00:00Z";
  const inside = (layer) => LAYERS[layer].some((each) => each.from < now && now < each.until && holds(each.geometry, at));
  if (inside("hazards") && !inside("parts")) return "closed";
  return inside("parts") ? "open" : "conditions";
}

/** Whether a polygon's outer ring holds a point. */
export function holds(geometry, [lon, lat]) {
  if (geometry.type !== "Polygon") return false;
  const ring = geometry.coordinates[0];
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[j];
    const [bx, by] = ring[i];
    if (ay > lat !== by > lat && lon < ax + ((lat - ay) / (by - ay)) * (bx - ax)) odd = !odd;
  }
  return odd;
}

export const SITE_NAME = both("Qantara, a made-up city", "قنطرة، مدينة متخيَّلة");
export const AREA_NAMES = NAMES;
export const MARKS = [
  ["2024-05-12", "accident", "Accident north of the river", "حادث شمال النهر"],
  ["2025-03-20", "release", "School ground released to 50 cm", "تحرير أرض المدرسة حتى عمق 50 سم"],
  ["2025-08-14", "failed_inspection", "Inspection failed at the Old Bridge", "فشل التفتيش عند الجسر القديم"],
  ["2025-11-04", "release", "First part of the Old Bridge Quarter released", "تحرير أول جزء من حي الجسر القديم"],
  ["2026-02-10", "release", "Railway Triangle: cancelled and reduced", "مثلث السكة: إلغاء وتخفيض"],
  ["2026-07-01", "accident", "Accident at the school", "حادث عند المدرسة"],
  ["2026-07-02", "reopening", "School ground reopened, school project stopped", "إعادة فتح أرض المدرسة وإيقاف مشروعها"],
].map(([day, kind, en, ar]) => ({ at: `${day}T08:00:00Z`, kind, text: both(en, ar) }));
