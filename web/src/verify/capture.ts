/** Codes off pictures and off the camera: by the browser's own detector, and by one in JavaScript. */

import { decodeQRBatch } from "qr/decode.js";

interface Detector {
  detect(source: ImageBitmapSource): Promise<{ readonly rawValue: string }[]>;
}

interface DetectorMaker {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

/** Longest side of a picture as it is looked at, in pixels: first as large as a code needs. */
const SIDES = [2_400, 1_200, 600];
const CAMERA_SIDE = 1_280;
const CAMERA_MS = 120;
const PATIENCE_MS = 1_500;

let detector: Promise<Detector | null> | null = null;

/** Every text of a code on a picture. Throws where the file is no picture. */
export async function codesOnPicture(file: Blob): Promise<string[]> {
  const bitmap = await createImageBitmap(file);
  try {
    for (const side of SIDES) {
      const found = await codesOn(pixelsOf(bitmap, bitmap.width, bitmap.height, side), PATIENCE_MS);
      if (found.length > 0) return found;
    }
    return [];
  } finally {
    bitmap.close();
  }
}

/** Reads codes off the camera until it is stopped. */
export class Camera {
  #stream: MediaStream | null = null;
  #running = false;

  /** Starts; throws where there is no camera or it may not be used. */
  async start(video: HTMLVideoElement, onCodes: (codes: string[]) => void): Promise<void> {
    if (navigator.mediaDevices === undefined) throw new Error("no camera here");
    const size = { width: { ideal: 1_920 }, height: { ideal: 1_080 } };
    this.#running = true;
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...size }, audio: false });
    if (!this.#running) return this.stop();
    video.srcObject = this.#stream;
    await video.play();
    void this.#look(video, onCodes);
  }

  stop(): void {
    this.#running = false;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }

  async #look(video: HTMLVideoElement, onCodes: (codes: string[]) => void): Promise<void> {
    while (this.#running) {
      if (video.videoWidth > 0) {
        const found = await codesOn(pixelsOf(video, video.videoWidth, video.videoHeight, CAMERA_SIDE), CAMERA_MS);
        if (found.length > 0 && this.#running) onCodes(found);
      }
      await new Promise((done) => setTimeout(done, CAMERA_MS));
    }
  }
}

async function codesOn(pixels: ImageData, patienceMs: number): Promise<string[]> {
  detector ??= makeDetector();
  const own = await detector;
  const found = new Set<string>();
  if (own !== null) {
    // A detector that breaks is as good as none: the other one still looks.
    for (const { rawValue } of await own.detect(pixels).catch(() => [])) found.add(rawValue);
  }
  if (found.size === 0) {
    const [codes = []] = await decodeQRBatch([pixels], { format: "RGBA", timeLimit: patienceMs });
    for (const code of codes) if (typeof code === "string") found.add(code);
  }
  return [...found];
}

async function makeDetector(): Promise<Detector | null> {
  const maker = (globalThis as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;
  try {
    const formats = (await maker?.getSupportedFormats()) ?? [];
    return maker !== undefined && formats.includes("qr_code") ? new maker({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

function pixelsOf(source: CanvasImageSource, width: number, height: number, side: number): ImageData {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (pen === null) throw new Error("no canvas here");
  pen.fillStyle = "white"; // under what is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
