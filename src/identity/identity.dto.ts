import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length, Matches } from 'class-validator';

const trimmed = ({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value);

/** One line of text for people to read: trimmed, not empty, without control characters (Postgres keeps no NUL). */
export const Line = (max: number) =>
  applyDecorators(
    Transform(trimmed),
    IsString(),
    Length(1, max),
    Matches(/^[^\p{Cc}]*$/u, { message: '$property must be one line of text' }),
  );

/** A password as given, for looking at. */
export const GivenPassword = () => applyDecorators(IsString(), Length(1, 256));

/** A password to be: length is what counts (NIST SP 800-63B, 3.1.1.2). */
export const NewPassword = () => applyDecorators(IsString(), Length(10, 256));

/** The fields a PATCH really named: TypeORM refuses to guess what `undefined` means. */
export const askedFor = <T extends object>(change: T): Partial<T> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<T>;
