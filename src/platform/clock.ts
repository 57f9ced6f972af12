import { Injectable } from '@nestjs/common';

/** The time, as an argument others can replace: rules take `now`, services ask the clock. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
