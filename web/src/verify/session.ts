/** What the page knows at one time: the codes read, the verdict on them, and what is to be told. */

import type { Hand } from "./hand.ts";
import { CERTIFICATE, codesIn, prefixOf, PROOF, STATUS_LIST, TRUST_LIST } from "./texts.ts";
import { refused, type Verdict, verdict } from "./verdict.ts";

const FILE_BYTES = 64 * 1024 * 1024;
const TEXT_BYTES = 4 * 1024 * 1024;

/** Lists as a server put them into the page. */
export interface Given {
  readonly trust?: string;
  readonly status?: string;
}

/** What a session asks of the page around it. */
export interface Around {
  /** Seconds since 1970 UTC. */
  readonly nowS: () => number;
  readonly codesOnPicture: (file: File) => Promise<string[]>;
  /** Something is other than it was. */
  readonly changed: () => void;
  /** There is a verdict that somebody asked for and should now see. */
  readonly answered: () => void;
}

export class Session {
  readonly hand: Hand;
  codes: readonly string[] = [];
  found: Verdict | null = null;
  reading = false;
  /** Codes of words: what to tell beside the ways in, and beside the lists. */
  notice: string | null = null;
  listNotice: string | null = null;
  readonly #given: Given;
  readonly #around: Around;
  #pasted: ReadonlySet<string> = new Set();
  #round = 0;

  constructor(hand: Hand, given: Given, around: Around) {
    this.hand = hand;
    this.#given = given;
    this.#around = around;
  }

  /** Takes a pasted text: one code or several, and lists among them. */
  async takeText(text: string): Promise<void> {
    if (text.trim() === "") return this.tell("codes.none");
    const texts = codesIn(text);
    if (texts.length > 0) {
      // Who pastes again mends what was pasted before, and another certificate is another paper; a
      // code that was scanned stays.
      const given = (prefix: string | null) => texts.some((each) => prefixOf(each) === prefix);
      const another = given(CERTIFICATE) && this.codes.some((code) => code.startsWith(CERTIFICATE) && !texts.includes(code));
      this.codes = this.codes.filter((code) => !this.#pasted.has(code) || !(another || given(prefixOf(code))));
      this.#pasted = new Set([...this.codes.filter((code) => this.#pasted.has(code)), ...texts]);
      return this.takeCodes(texts, true);
    }
    // Nothing in it begins as a code does: it is judged as it stands, so that it is told what it is.
    this.codes = [];
    this.notice = null;
    return this.#judge([text.slice(0, TEXT_BYTES)], true);
  }

  /** Takes a file: a saved text, or a picture of the codes. */
  async takeFile(file: File): Promise<void> {
    this.reading = true;
    this.tell(null);
    try {
      const texts = await this.#textsIn(file);
      if (texts.length === 0) this.notice = "notice.no-code";
      else await this.takeCodes(texts, true);
    } catch (error) {
      this.notice = error instanceof RangeError ? "notice.too-large" : "notice.no-code";
    }
    this.reading = false;
    this.#around.changed();
  }

  /** Takes what came with a paper; lists among it too, but never a first trust list. */
  async takeCodes(texts: readonly string[], asked: boolean): Promise<void> {
    const papers = texts.filter((text) => text.startsWith(CERTIFICATE) || text.startsWith(PROOF));
    const all = [...new Set([...this.codes, ...papers])];
    if (texts.length === papers.length && all.length === this.codes.length && !asked) return;
    this.notice = await this.#takeLists(texts, false);
    this.codes = all;
    return this.#judge(all, asked);
  }

  /** Takes lists that a person brought on their own. */
  async takeLists(text: string): Promise<void> {
    // The trust list first: the other is believed by it.
    const told = await this.#takeLists(codesIn(text.trimStart()).sort().reverse(), true);
    this.listNotice = told ?? "notice.unreadable";
    return this.#judge(this.codes, false);
  }

  /** The same from a file. */
  async takeListFile(file: File): Promise<void> {
    if (file.size <= TEXT_BYTES) return this.takeLists(await file.text());
    this.listNotice = "notice.too-large";
    this.#around.changed();
  }

  /** Forgets the lists that were brought here. */
  async forget(): Promise<void> {
    await this.hand.forget(this.#given);
    this.listNotice = null;
    return this.#judge(this.codes, false);
  }

  /** Begins with another paper. */
  clear(): void {
    this.#round += 1;
    this.codes = [];
    this.found = null;
    this.tell(null);
  }

  /** Tells something beside the ways in. */
  tell(notice: string | null): void {
    this.notice = notice;
    this.#around.changed();
  }

  async #takeLists(texts: readonly string[], first: boolean): Promise<string | null> {
    let told: string | null = null;
    for (const text of texts) {
      if (text.startsWith(TRUST_LIST)) told = `notice.${await this.hand.takeTrust(text, first)}`;
      if (text.startsWith(STATUS_LIST)) told = `notice.${await this.hand.takeStatus(text)}`;
    }
    return told;
  }

  /** Judges codes; where two judgements overtake each other, the newer one counts. */
  async #judge(texts: readonly string[], asked: boolean): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    const { trust, statusBytes } = this.hand;
    const found = trust === null ? refused("no-trust") : await verdict(texts, trust, statusBytes, this.#around.nowS());
    if (round !== this.#round) return;
    this.found = texts.length === 0 ? null : found;
    this.#around.changed();
    if (asked && this.found !== null) this.#around.answered();
  }

  async #textsIn(file: File): Promise<string[]> {
    const isText = file.type.startsWith("text/") || /\.(txt|rfq)$/i.test(file.name);
    if (file.size > (isText ? TEXT_BYTES : FILE_BYTES)) throw new RangeError("too large");
    const texts = isText ? [await file.text()] : await this.#around.codesOnPicture(file);
    return texts.flatMap(codesIn);
  }
}
