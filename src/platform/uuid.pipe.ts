import { Injectable, type PipeTransform } from '@nestjs/common';
import { notFound } from './errors';
import { isUuid } from './ids';

/** An id in a path. One that cannot exist gets the same 404 as one that does not. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw notFound('record');
    return value.toLowerCase();
  }
}
