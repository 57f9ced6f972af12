import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { DomainError } from './errors';
import { checked, IsInstant } from './validation';

class Inner {
  @ApiPropertyOptional() @IsOptional() @IsString() text?: string;
  @ApiPropertyOptional({ type: String, nullable: true }) @IsOptional() @IsString() note?: string | null;
}

class Body {
  @ApiProperty() @IsString() name: string;
  @ApiPropertyOptional() @IsOptional() @IsInstant() at?: string;
  @ApiPropertyOptional({ type: Inner }) @IsOptional() @ValidateNested() @Type(() => Inner) inner?: Inner;
  @ApiPropertyOptional({ type: Object }) @IsOptional() @IsObject() free?: Record<string, unknown>;
}

class Change extends PartialType(Body) {}

function problems(type: new () => object, sent: object): unknown {
  try {
    return checked(type, sent) && [];
  } catch (error) {
    return (error as DomainError).details['fields'];
  }
}
const paths = (type: new () => object, sent: object) => (problems(type, sent) as { path: string }[]).map((p) => p.path);

it.each<[string, object, string[]]>([
  ['nothing', {}, []],
  ['a field emptied that must not be', { name: null }, ['name']],
  ['a field emptied inside another', { inner: { text: null } }, ['inner.text']],
  ['a field emptied that may be', { inner: { note: null } }, []],
  ['null in a free-form object', { free: { a: null } }, []],
  ['all that is wrong at once', { name: null, at: 'soon', inner: { text: 7 } }, ['at', 'inner.text', 'name']],
])('a change with %s', (_, sent, expected) => expect(paths(Change, sent).toSorted()).toEqual(expected));

it('says of an empty field what to do', () =>
  expect(problems(Change, { name: null })).toEqual([{ path: 'name', problem: 'name must not be null' }]));

it.each<[string, boolean]>([
  ['2026-03-21T09:00:00+03:30', true],
  ['2026-03-21T05:30:00.000Z', true],
  ['2026-03-21', true],
  ['2026-W01', false],
  ['2026-W01T10:00:00Z', false],
  ['-2026-01-01T00:00:00Z', false],
  ['2026-02-30', false],
  ['tomorrow', false],
])('%s is an instant: %s', (at, is) => expect(paths(Body, { name: 'x', at })).toEqual(is ? [] : ['at']));
