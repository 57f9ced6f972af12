import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { DomainError } from '../platform/errors';
import { UuidPipe } from '../platform/uuid.pipe';
import { bothNames, toChange, toEdit, toHoliday } from './calendar-input';
import {
  CalendarListView,
  CalendarView,
  calendarView,
  HolidayAddedView,
  HoursView,
  hoursView,
  ImportView,
  OccurrenceListView,
  occurrencesView,
} from './calendar-views';
import {
  CalendarPatchBody,
  ClosingBody,
  DatesQuery,
  FeedBody,
  HolidayPatchBody,
  InstantsQuery,
  MoveBody,
  NewCalendarBody,
  NewHolidayBody,
  VersionQuery,
} from './calendars.dto';
import type { StoredCalendar } from './calendars.repository';
import { CalendarsService } from './calendars.service';
import type { CalendarChange } from './change';
import { DAY_MS, parseDay } from './days';
import { timeZone } from './time-zone';

const YEAR_DAYS = 365;
const MOST_DATES = 3 * 366;
const WEEK_DAYS = 7;
const MOST_HOURS_DAYS = 400;
const ONCE = { name: 'Idempotency-Key', required: false, description: 'The same key adds it once' };

@ApiTags('calendars')
@Controller('calendars')
@RequirePermission('sla.manage')
export class CalendarsController {
  constructor(
    private readonly calendars: CalendarsService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: CalendarListView })
  async list(@CurrentPrincipal() who: Principal): Promise<CalendarListView> {
    return { items: (await this.calendars.list(who)).map((calendar) => this.view(calendar)), nextCursor: null };
  }

  @Get(':id')
  @RequirePermission('tickets.read')
  @ApiOkResponse({ type: CalendarView })
  async get(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<CalendarView> {
    return this.view(await this.calendars.get(who, id));
  }

  @Get(':id/occurrences')
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'Holidays and closures between two dates' })
  @ApiOkResponse({ type: OccurrenceListView })
  async occurrences(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Query() { from, to }: DatesQuery,
  ): Promise<OccurrenceListView> {
    const calendar = await this.calendars.get(who, id);
    const today = timeZone(calendar.timeZone).dayAt(this.clock.now().getTime());
    const first = from === undefined ? today : parseDay(from);
    const last = to === undefined ? first + YEAR_DAYS : parseDay(to);
    refuseRange(last - first, MOST_DATES);
    return { items: occurrencesView(calendar, first, last), nextCursor: null };
  }

  @Get(':id/hours')
  @RequirePermission('tickets.read')
  @ApiOperation({ summary: 'What is open and what is closed, and why, between two instants' })
  @ApiOkResponse({ type: HoursView })
  async hours(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Query() query: InstantsQuery,
  ): Promise<HoursView> {
    const from = query.from === undefined ? this.clock.now().getTime() : Date.parse(query.from);
    const to = query.to === undefined ? from + WEEK_DAYS * DAY_MS : Date.parse(query.to);
    refuseRange((to - from) / DAY_MS, MOST_HOURS_DAYS);
    return hoursView(await this.calendars.get(who, id), from, to);
  }

  @Post()
  @ApiCreatedResponse({ type: CalendarView })
  async create(@CurrentPrincipal() who: Principal, @Body() body: NewCalendarBody): Promise<CalendarView> {
    return this.view(await this.calendars.create(who, body));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change what is named, all of it or none; open clocks are computed anew' })
  @ApiOkResponse({ type: CalendarView })
  async change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { version, name, isDefault, ...draft }: CalendarPatchBody,
  ): Promise<CalendarView> {
    const change = { ...toChange(draft), name };
    return this.view(await this.calendars.change(who, id, { change, isDefault, version }));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Refused while it is the default or anything works by it' })
  remove(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Query() { version }: VersionQuery,
  ): Promise<void> {
    return this.calendars.remove(who, id, version);
  }

  @Post(':id/holidays')
  @ApiHeader(ONCE)
  @ApiCreatedResponse({ type: HolidayAddedView })
  addHoliday(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { version, ...holiday }: NewHolidayBody,
    @Headers('idempotency-key') key?: string,
  ): Promise<HolidayAddedView> {
    return this.calendars.addHoliday(who, id, toHoliday(holiday), version, key);
  }

  @Patch(':id/holidays/:holidayId')
  @ApiOkResponse({ type: CalendarView })
  changeHoliday(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('holidayId', UuidPipe) holidayId: string,
    @Body() { version, ...edit }: HolidayPatchBody,
  ): Promise<CalendarView> {
    return this.changed(who, id, { changeHolidays: [toEdit(holidayId, edit)] }, version);
  }

  @Delete(':id/holidays/:holidayId')
  @ApiOkResponse({ type: CalendarView })
  removeHoliday(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('holidayId', UuidPipe) holidayId: string,
    @Query() { version }: VersionQuery,
  ): Promise<CalendarView> {
    return this.changed(who, id, { removeHolidays: [holidayId] }, version);
  }

  @Put(':id/holidays/:holidayId/moved')
  @ApiOperation({ summary: 'Keep one occurrence on another day: the moon was seen a day later' })
  @ApiOkResponse({ type: CalendarView })
  move(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('holidayId', UuidPipe) holidayId: string,
    @Body() { date, observed }: MoveBody,
  ): Promise<CalendarView> {
    return this.changed(who, id, { moveHolidays: [{ holidayId, date, observed }] });
  }

  @Post(':id/closures')
  @ApiOperation({ summary: 'Closed once, in a hurry: without times from now to the end of the day' })
  @ApiHeader(ONCE)
  @ApiCreatedResponse({ type: HolidayAddedView })
  close(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { name = {}, ...closing }: ClosingBody,
    @Headers('idempotency-key') key?: string,
  ): Promise<HolidayAddedView> {
    return this.calendars.close(who, id, bothNames(name, { fa: 'تعطیلی موردی', en: 'Closed' }), closing, key);
  }

  @Post(':id/import')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take over an iCalendar file; what it does not understand is listed' })
  @ApiOkResponse({ type: ImportView })
  async importFeed(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { ics, dryRun = false }: FeedBody,
  ): Promise<ImportView> {
    const { added, changed, same, notUnderstood, calendar } = await this.calendars.importFeed(who, id, ics, dryRun);
    return { added, changed, same, notUnderstood, calendar: this.view(calendar) };
  }

  private async changed(who: Principal, id: string, change: CalendarChange, version?: number): Promise<CalendarView> {
    return this.view(await this.calendars.change(who, id, { change, version }));
  }

  private view(calendar: StoredCalendar): CalendarView {
    return calendarView(calendar, this.clock.now().getTime());
  }
}

function refuseRange(days: number, most: number): void {
  if (days >= 0 && days <= most) return;
  const fields = [{ path: 'to', problem: `must be on or after from, and at most ${most} days later` }];
  throw new DomainError('validation_failed', 'Please correct: to.', { fields });
}
