/** A file to choose, in the words of the page: a browser's own button speaks the browser's language. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useT } from "./context.ts";

interface FileFieldProps {
  readonly label: string;
  readonly name?: string;
  readonly accept?: string;
  readonly required?: boolean;
  readonly choose?: (input: HTMLInputElement) => void | Promise<void>;
}

export function FileField({ label, choose, ...input }: FileFieldProps): JSX.Element {
  const t = useT();
  const [named, setNamed] = useState("");
  const take = async (from: HTMLInputElement): Promise<void> => {
    const name = (): void => setNamed(from.files?.[0]?.name ?? "");
    name();
    await choose?.(from);
    // Who asked for it may have turned it down.
    name();
  };
  return (
    <label class="field file">
      <span>{label}</span>
      <input type="file" aria-label={label} onChange={(event) => void take(event.currentTarget)} {...input} />
      <span class="file-line">
        <b>{t("desk.file.choose")}</b> <bdi>{named || t("desk.file.none")}</bdi>
      </span>
    </label>
  );
}
