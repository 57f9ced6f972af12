const SOUND_KEY = 'pasokh.sound';

/** Whether notifications ring on this machine. */
export function soundIsOn(): boolean {
  try {
    return localStorage.getItem(SOUND_KEY) !== 'off';
  } catch {
    return true;
  }
}

export function keepSound(on: boolean): void {
  try {
    if (on) localStorage.removeItem(SOUND_KEY);
    else localStorage.setItem(SOUND_KEY, 'off');
  } catch {
    // without storage it holds until the page is left
  }
}

let line: AudioContext | undefined;

/** Two short notes, unless the sound is off. Before the first press of a key browsers allow no sound: then it is silent. */
export function ring(): void {
  if (!soundIsOn()) return;
  line ??= new AudioContext();
  if (line.state === 'suspended') void line.resume().catch(() => undefined);
  const start = line.currentTime;
  for (const [note, at] of [
    [659, 0],
    [880, 0.14],
  ] as const) {
    const tone = line.createOscillator();
    const volume = line.createGain();
    tone.frequency.value = note;
    volume.gain.setValueAtTime(0.0001, start + at);
    volume.gain.exponentialRampToValueAtTime(0.12, start + at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + at + 0.3);
    tone.connect(volume).connect(line.destination);
    tone.start(start + at);
    tone.stop(start + at + 0.32);
  }
}
