import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fillerBody } from '../../reconciler/docker/filler.ts';
import { FILLER_LABEL, FILLER_PROGRAMS, PULLED_FILLER } from '../../reconciler/docker/filler-image.ts';
import { fillerArchive } from '../../scripts/filler/filler-archive.ts';
import { architectureOf } from '../../scripts/filler/static-program.ts';

describe("AutoGit's own image for filling volumes", () => {
  it('has every program that the script calls, and no other', () => {
    const { Cmd } = fillerBody('any', { volume: 'v', files: [], rootMode: 0o755 }, { platform: 'p', deployment: 'd' });
    const script = String((Cmd as readonly string[])[1]);
    // Names that stand where a command stands: at the start of a line, after `;`, `|` or `$(`.
    const called = [...script.matchAll(/(?:^|[;|]|\$\()\s*([a-z0-9]+)(?=\s)/gm)].map((match) => match[1] ?? '');
    const shell = ['cd', 'do', 'done', 'echo', 'printf', 'set', 'true', 'umask', 'while'];
    const programs = [...new Set(called)].filter((name) => !shell.includes(name));
    expect([...programs, 'sh'].sort()).toEqual([...FILLER_PROGRAMS]);
  });

  it('is the same bytes for the same busybox, and others for another', () => {
    const one = fillerArchive(Buffer.from('one'), 'amd64');
    expect(fillerArchive(Buffer.from('one'), 'amd64').equals(one)).toBe(true);
    expect(fillerArchive(Buffer.from('two'), 'amd64').equals(one)).toBe(false);
  });

  it('is described by deploy/filler/Dockerfile in the same words', () => {
    const dockerfile = readFileSync(new URL('../../deploy/filler/Dockerfile', import.meta.url), 'utf8');
    expect(/for name in (.+?);/.exec(dockerfile)?.[1]?.split(' ')).toEqual([...FILLER_PROGRAMS]);
    expect(dockerfile).toContain(`LABEL ${FILLER_LABEL.name}=${FILLER_LABEL.value}\n`);
    expect(dockerfile).toContain(`ARG BUSYBOX=${PULLED_FILLER}\n`);
  });
});

describe('the program that the image is made of', () => {
  /** Header of a 64-bit program with one program header of this kind. */
  function program(machine: number, kind: number): Buffer {
    const bytes = Buffer.alloc(120);
    bytes.write('\x7fELF\x02\x01\x01', 'latin1');
    bytes.writeUInt16LE(machine, 18);
    bytes.writeBigUInt64LE(64n, 32);
    bytes.writeUInt16LE(56, 54);
    bytes.writeUInt16LE(1, 56);
    bytes.writeUInt32LE(kind, 64);
    return bytes;
  }

  it('tells its architecture as Docker calls it', () => {
    expect(architectureOf(program(62, 1))).toBe('amd64');
    expect(architectureOf(program(183, 1))).toBe('arm64');
  });

  it.each([
    ['text', Buffer.from('#!/bin/sh\n'.repeat(20)), 'not a Linux program'],
    ['a program that needs libraries', program(62, 3), 'not a static program: it needs a loader and libraries'],
    ['a program for another kind of machine', program(8, 1), 'a program for a machine that is not known (8)'],
  ])('is refused when it is %s', (_, bytes, message) => {
    expect(() => architectureOf(bytes)).toThrow(message);
  });

  it('is told from the Node that runs this, which is not static', () => {
    if (process.platform === 'linux') expect(() => architectureOf(readFileSync(process.execPath))).toThrow('static');
  });
});
