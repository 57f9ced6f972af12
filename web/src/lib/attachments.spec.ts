import { AttachedFiles, kindOfType, refuseFile, type AttachedFile } from './attachments';

const ALLOWED = [
  { kind: 'image', maxBytes: 1000 },
  { kind: 'file', maxBytes: 5000 },
];

it.each([
  ['a picture that fits', { type: 'image/png', size: 1000 }, null],
  ['a picture that is too large', { type: 'image/png', size: 1001 }, { why: 'size', maxBytes: 1000 }],
  ['a kind the network does not take', { type: 'video/mp4', size: 10 }, { why: 'kind', kind: 'video' }],
  ['a type nobody knows is a file', { type: '', size: 10 }, null],
  ['nothing in it', { type: 'image/png', size: 0 }, { why: 'empty' }],
])('%s', (_, file, refusal) => expect(refuseFile(file, ALLOWED)).toEqual(refusal));

it('names kinds as the upload route does', () => {
  expect(['image/webp', 'audio/ogg', 'application/pdf', 'imagery'].map(kindOfType)).toEqual([
    'image',
    'audio',
    'file',
    'file',
  ]);
});

const entry = (key: string, change: Partial<AttachedFile> = {}): AttachedFile => ({
  key,
  conversationId: 'c1',
  kind: 'image',
  name: `${key}.png`,
  sizeBytes: 10,
  state: 'ready',
  progress: 1,
  uploadId: `u-${key}`,
  problem: null,
  ...change,
});

it('takes what is here for one conversation and leaves the rest', () => {
  const files = new AttachedFiles();
  files.add(entry('a'));
  files.add(entry('b', { state: 'uploading', uploadId: null }));
  files.add(entry('c', { conversationId: 'c2' }));
  expect(files.take('c1').map(({ uploadId }) => uploadId)).toEqual(['u-a']);
  expect(files.all().map(({ key }) => key)).toEqual(['b', 'c']);
});

it('gives files of a message back, each once', () => {
  const files = new AttachedFiles();
  files.add(entry('a'));
  const taken = files.take('c1');
  files.giveBack('c1', taken);
  files.giveBack('c1', taken);
  expect(files.all()).toHaveLength(1);
  expect(files.take('c1')).toEqual(taken);
});
