import { Injectable, type PipeTransform } from '@nestjs/common';
import { notFound } from '../../platform/errors';

const WAVE = /^[0-9a-f]{32}$/i;

/** The id of a text many people write. One that cannot exist gets the same 404 as one that does not. */
@Injectable()
export class WavePipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!WAVE.test(value)) throw notFound('record');
    return value.toLowerCase();
  }
}
