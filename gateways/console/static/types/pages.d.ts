// What the console's modules hand to each other. What they are told is declared in wire.d.ts, which is made of
// the structs that are sent (scripts/pages).

type Feed = import('../js/link/feed.js').Feed;
type Acknowledged = import('../js/shell/acknowledged.js').Acknowledged;
type Orders = import('../js/steps/commands.js').Orders;

/** All that a view may ask and order. Each part is changed by its own methods alone. */
interface Ui {
  readonly feed: Feed;
  readonly acknowledged: Acknowledged;
  readonly screen: import('../js/shell/screen.js').Screen;
  readonly orders: Orders;
  draw(): void;
  /** As the key would do. */
  press(key: string): void;
}

/** What lit draws: a template, a text, nothing. */
type Drawn = unknown;
type Names = (operator: string) => string;
/** By command: why not, or null where it may be ordered. */
type Allowed = Partial<Record<OperatorCommand, string | null>>;
type Which = 'user' | 'operator' | 'psap';
/** How the page is connected to the center. */
type Link = 'starting' | 'signed-off' | 'live' | 'lost';
/** The name of a place: one of `shell/sections.js`, or of a feature's. */
type Section = string;
/** Words that are said in the page's language of the moment. */
type Phrase = () => string;

/** What is to be done now, or one of the five commands beside it. */
interface Action {
  key: string;
  command: OperatorCommand | '';
  label: string;
  sub: Drawn;
  tone?: string;
  why?: string | null;
}

type AlarmPriority = Priority;
/** Something wrong with the center, as the page tells it. */
interface Alarm {
  kind: string;
  subject: string;
  /** Whom or what it is about, as it is called on the page. */
  name: string;
  text: string;
  key: string;
  priority: AlarmPriority;
  acts: string;
  rank: number;
  since_us: number;
  over_us: number;
  quiet_us: number;
  mayBeQuiet: boolean;
  /** Whether those on duty are woken because of it; empty: that is not the question. */
  woken: string;
  seen_us: number;
  seen_by: string;
  seen: boolean;
  short: string;
  means: string;
  todo: string;
}
/** Alike ones. */
interface AlarmGroup extends Pick<Alarm, 'kind' | 'priority' | 'acts' | 'short' | 'means' | 'todo'> {
  key: string;
  state: string;
  members: Alarm[];
  /** So many of them nobody has seen. */
  fresh: number;
}

/** A chapter of the administration, with its key. */
interface ListedChapter {
  /** They stand in the order of these. */
  place: number;
  key: string;
  name: Phrase;
  role: StaffRole;
  chapter: Chapter;
}

/** A place of the console, for the roles that may see it. */
interface ListedPlace {
  name: Section;
  /** The case has none: it is drawn as ever. */
  place?: Place;
  title?: (ui: Ui) => string;
  /** What leads to it, the first as it is shown: a tab's, or a key of the place above. */
  keys?: string[];
  /** The place under whose tab it is. */
  below?: Section;
  role?: StaffRole;
}

/** Keys that act in one place, and what they do. */
interface ListedKeys {
  title: string;
  rows: [string, string][];
}

/** What a case tells of its person besides: in a word or two, and in a line. */
interface ToldOfPerson {
  name: Phrase;
  short(ui: Ui, view: CaseView): Drawn;
  line(ui: Ui, view: CaseView): Drawn;
}

/** Keys in the kernel's places, and what these do. */
type KernelKeys = Partial<Record<'everywhere' | 'shift' | 'plant', () => [string, string][]>>;

/** What draws where a position is. Without one the way and the doubt alone are drawn, close up. */
interface PlaceMap {
  /** At every picture of the page: what it needs is there before it is shown. */
  prepare(ui: Ui): void;
  pane(ui: Ui, view: CaseView): Drawn;
  /** Whether the key was for the map that is shown. */
  pressed(key: string): boolean;
}

/** The list of people, for whoever does something with one of them. */
interface PeopleList {
  readonly rows: import('../js/admin/frame/rows.js').Rows<PersonRow>;
  /** All of one person; null, which is said then, where nobody is there. */
  read(ui: Ui, id: string): Promise<PersonAnswer | null>;
  /** Show those who fit what is searched for now. */
  seek(ui: Ui): Promise<unknown>;
}
/** What can be done with a person of the list of people, by a key. */
interface ActOnPerson {
  /** They stand in the order of these. */
  place: number;
  key: string;
  label: Phrase;
  act(ui: Ui, person: PersonRow, list: PeopleList): unknown;
  /** The id of the form that it opens in the list's page, and what that says of it. */
  opens?: string;
  form?: (ui: Ui) => FormSaid;
}

/** What a supervisor gives away of an alert, by a key where an alert is looked back at: an archive. */
interface GivenOfAlert {
  key: string;
  label: Phrase;
  /** In the list of keys. */
  listed: Phrase;
  /** Below the alert's path, and the begin of the archive's name. */
  what: string;
  /** Whether there is anything to give; of every alert where it is left out. */
  has?: (view: CaseView) => boolean;
}

/** What a key does between alerts besides. */
interface InShift {
  key: string;
  name: Phrase;
  begin(ui: Ui): unknown;
  /** How it goes, or went, below the keys. */
  line(ui: Ui): Drawn;
  /** What of it is open when a shift begins or ends. */
  matters(told: ShiftView): Drawn[];
}

/** Title, label and way of a form. */
interface FormSaid {
  title: string;
  label: string;
  send(): unknown;
  lead?: Drawn;
}

/** What is ordered of the line that is pointed at, in the administration and in the plant. */
interface LineOrder {
  act(): [key: string, name: string];
  /** Whether the key was for it; `row`: the line, where there is one. */
  pressed(ui: Ui, key: string, row: LineRow | undefined): boolean;
  /** Of the form that is open, where it is its own. */
  form(ui: Ui): FormSaid | null;
  /** What it tells beside the lines, where that is shown. */
  pane(ui: Ui): Drawn | null;
}

/** What the first run begins for a need. */
interface NeedOrder {
  need: Need;
  act(): import('../js/admin/frame/page.js').Act;
  ask(ui: Ui, rows: import('../js/admin/frame/rows.js').Rows<NeedRow>): void;
  /** Of the form that is open, where it is its own. */
  form(ui: Ui, rows: import('../js/admin/frame/rows.js').Rows<NeedRow>): FormSaid | null;
  /** Beside the list, once the need is pointed at. */
  pane(ui: Ui, said: StartView): Drawn;
}

/** What a feature has in the console (`features/NAME/pages/feature.js`). */
interface FeaturePages {
  /** Of the place where the center is administered. */
  chapters?: ListedChapter[];
  /** Their keys, and what these do. */
  keys?: () => [string, string][];
  keysOf?: KernelKeys;
  map?: PlaceMap;
  inShift?: InShift;
  ofLine?: LineOrder;
  ofNeed?: NeedOrder;
  places?: ListedPlace[];
  /** The keys of its places. */
  groups?: () => ListedKeys[];
  ofPerson?: ToldOfPerson[];
  onPerson?: ActOnPerson[];
  given?: GivenOfAlert[];
  /** Shows an alert that need not be open any more. */
  showsAlert?: (ui: Ui, alert: string) => void;
  /** What the printer gets; nothing on the screen. */
  paper?: (ui: Ui) => Drawn;
}

interface Place {
  enter(ui: Ui): unknown;
  pressed(ui: Ui, key: string): boolean;
  pane(ui: Ui): Drawn;
}

/** A part of the administration: `again` is called every few seconds, `clear` for another operator. */
interface Chapter {
  enter(ui: Ui): unknown;
  pressed(ui: Ui, key: string): boolean;
  pane(ui: Ui): Drawn;
  again?(ui: Ui): unknown;
  clear?(): void;
}
/** One field of a form. */
interface FormField {
  name: string;
  label(): string;
  kind: 'text' | 'tel' | 'select' | 'check' | 'area' | 'password' | 'date' | 'datetime-local';
  choices?(): string[][];
  max?: number;
  needed?: boolean;
}

interface Town {
  name: string;
  region: string;
  lat: number;
  lon: number;
  population: number;
}
/** A town beside a position: how far, and in which direction from it. */
interface Near extends Pick<Town, 'name' | 'region' | 'population'> {
  km: number;
  bearing: string;
}

/** To whom a case can be handed over; `to` is null for anyone who is free. */
interface Choice {
  to: string | null;
  name: string;
  said: Drawn;
  busy: boolean;
}

/** A part of what is read to 112: on the screen, in the copy, and by what it is compared. */
interface Part {
  id: string;
  text: string;
  copied: string;
  is: string;
  look?: string;
  pairs?: [string, string][];
}

/** Of which `steps/` makes what is to be done now. */
interface Moment {
  view: CaseView;
  allowed: Allowed;
  me: MeView;
  nowUs: number;
  names: Names;
  center: CenterView;
}

/** A sentence, a few more words, and the step; null where it is for another rule to say. */
type Said = [string, Drawn, Action] | null;

/** Over a case. */
interface Banner {
  icon: string;
  tone?: string;
  title: string;
  text: Drawn;
  aside: string;
}

/** Where an operator goes on from: nothing of it is believed without its ticket. */
interface Came {
  token: string | null;
  ticket: string | null;
  first: string | null;
  /** What people on duty are called for, by the link of a notice. */
  callout: string | null;
  kept: Record<string, unknown>;
}
