import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(180_000);

const ROOT = join(__dirname, '..', '..');

/** `npm test` has built it. */
function demo(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'test', 'demo', 'demo.js'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

describe('the demo', () => {
  const data = join(tmpdir(), `pasokh-demo-${process.pid}`);
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('plays a day whose numbers add up', async () => {
    const { code, output } = await demo('--port', '0', '--speed', '15', '--seconds', '16', '--data', data);
    expect(output.slice(output.indexOf('What happened'))).not.toContain('Does not add up');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('seen twice by customers 0') });
    for (const network of ['Facebook and Instagram', 'WhatsApp', 'Telegram', 'X', 'Rubika', 'E-mail']) {
      expect(output).toMatch(new RegExp(`${network}, as people see it +http`));
      expect(output).toMatch(new RegExp(`${network} +wrote [1-9]`));
    }
    for (const network of ['LinkedIn', 'YouTube']) expect(output).toMatch(new RegExp(`${network} +wrote [1-9]`));
    expect(output).toMatch(/told to followers +[1-9]/);
    for (const book of ['rules ran', 'calls promised', 'late', 'facts'])
      expect(output).toMatch(new RegExp(`${book} +[1-9]`));
    expect(output).toContain('each with its reason');
  });

  it('does not empty a directory that is not its own', async () => {
    const { code, output } = await demo('--port', '0', '--data', join(ROOT, 'src'));
    expect(output.slice(output.indexOf('What happened'))).not.toContain('Does not add up');
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('holds something else') });
  });

  it('says how to use it', async () => {
    expect(await demo('--help')).toMatchObject({ code: 0, output: expect.stringContaining('--speed') });
    expect(await demo('--speed', 'fast')).toMatchObject({
      code: 1,
      output: expect.stringContaining('--speed must be'),
    });
  });
});
