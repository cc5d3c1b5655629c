// Types that the console's modules share. The center's messages are declared in wire.d.ts, which is generated
// from their structs (scripts/pages).

type Feed = import('../js/link/feed.js').Feed;
type Acknowledged = import('../js/shell/acknowledged.js').Acknowledged;
type Commands = import('../js/steps/commands.js').Commands;

/** The data and actions of a view. Only the methods of a part change the part. */
interface Ui {
  readonly feed: Feed;
  readonly acknowledged: Acknowledged;
  readonly screen: import('../js/shell/screen.js').Screen;
  readonly commands: Commands;
  draw(): void;
  /** Act like the key. */
  press(key: string): void;
}

/** A value that lit renders: a template, a text, nothing. */
type Drawn = unknown;
type Names = (operator: string) => string;
/** The reasons why commands are refused, by command; null: allowed. */
type Allowed = Partial<Record<OperatorCommand, string | null>>;
type Which = 'user' | 'operator' | 'psap';
/** The state of the page's connection to the center. */
type Link = 'starting' | 'signed-off' | 'live' | 'lost';
/** The name of a place, of `shell/sections.js` or of a feature. */
type Section = string;
/** Words in the page's present language. */
type Phrase = () => string;

/** The next step in a case, or one of the five commands beside it. */
interface Action {
  key: string;
  command: OperatorCommand | '';
  label: string;
  sub: Drawn;
  tone?: string;
  why?: string | null;
}

type AlarmPriority = Priority;
/** An alarm of the center, as the page shows it. */
interface Alarm {
  kind: string;
  subject: string;
  /** The subject's name on the page. */
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
  /** The words for whether people on duty are woken; empty: not applicable. */
  woken: string;
  seen_us: number;
  seen_by: string;
  seen: boolean;
  short: string;
  means: string;
  todo: string;
}
/** Alarms of one kind. */
interface AlarmGroup extends Pick<Alarm, 'kind' | 'priority' | 'acts' | 'short' | 'means' | 'todo'> {
  key: string;
  state: string;
  members: Alarm[];
  /** The number of unseen alarms. */
  fresh: number;
}

/** A chapter of the administration, with its key. */
interface ListedChapter {
  /** The position in the list. */
  place: number;
  key: string;
  name: Phrase;
  role: StaffRole;
  chapter: Chapter;
}

/** A place of the console, with the role that may open it. */
interface ListedPlace {
  name: Section;
  /** None for the case, which the page renders itself. */
  place?: Place;
  title?: (ui: Ui) => string;
  /** The keys that open the place, the first one shown: of its tab, or within the place above. */
  keys?: string[];
  /** The place above, which has the tab. */
  below?: Section;
  role?: StaffRole;
}

/** Keys of a place with their effects. */
interface ListedKeys {
  title: string;
  rows: [string, string][];
}

/** A feature's fact about the person of a case, in short and in a line. */
interface PersonFact {
  name: Phrase;
  short(ui: Ui, view: CaseView): Drawn;
  line(ui: Ui, view: CaseView): Drawn;
}

/** A feature's keys in the console's own places, with their effects. */
type KernelKeys = Partial<Record<'everywhere' | 'shift' | 'plant', () => [string, string][]>>;

/** The map of a position. Without a map only the close-up shows the trail and the accuracy. */
interface PlaceMap {
  /** Request the map's data before the map is shown; called at every drawing. */
  prepare(ui: Ui): void;
  pane(ui: Ui, view: CaseView): Drawn;
  /** Act on a key of the shown map; return true if the map used it. */
  pressed(key: string): boolean;
}

/** The list of people, for actions on a person. */
interface PeopleList {
  readonly rows: import('../js/admin/frame/rows.js').Rows<PersonRow>;
  /** Request all data of a person; null, with the reason shown, on a refusal. */
  read(ui: Ui, id: string): Promise<PersonAnswer | null>;
  /** Show the people of the search. */
  seek(ui: Ui): Promise<unknown>;
}
/** An action on a person of the list, with its key. */
interface PersonAction {
  /** The position in the list. */
  place: number;
  key: string;
  label: Phrase;
  act(ui: Ui, person: PersonRow, list: PeopleList): unknown;
  /** The id of the form that the action opens, and the form's title, label and action. */
  opens?: string;
  form?: (ui: Ui) => FormTexts;
}

/** An archive about an alert that a supervisor hands out, with its key in the history. */
interface AlertArchive {
  key: string;
  label: Phrase;
  /** The label in the list of keys. */
  listed: Phrase;
  /** The path below the alert's, and the beginning of the archive's name. */
  what: string;
  /** Return true if the archive exists; without this function, for every alert. */
  has?: (view: CaseView) => boolean;
}

/** A feature's action between alerts, with its key. */
interface ShiftAction {
  key: string;
  name: Phrase;
  begin(ui: Ui): unknown;
  /** Render the progress or the result, below the keys. */
  line(ui: Ui): Drawn;
  /** Return the open items when a shift begins or ends. */
  openItems(handover: ShiftView): Drawn[];
}

/** Title, label and action of a form. */
interface FormTexts {
  title: string;
  label: string;
  send(): unknown;
  lead?: Drawn;
}

/** A feature's action on the line under the cursor, in the administration and in the infrastructure view. */
interface LineAction {
  act(): [key: string, name: string];
  /** Act on a key; return true if there is an action. `row`: the line under the cursor, if any. */
  pressed(ui: Ui, key: string, row: LineRow | undefined): boolean;
  /** Return the open form, if it belongs to the feature. */
  form(ui: Ui): FormTexts | null;
  /** Render the feature's report beside the lines; null without one. */
  pane(ui: Ui): Drawn | null;
}

/** A feature's action for a need of the first run. */
interface NeedAction {
  need: Need;
  act(): import('../js/admin/frame/page.js').Act;
  ask(ui: Ui, rows: import('../js/admin/frame/rows.js').Rows<NeedRow>): void;
  /** Return the open form, if it belongs to the feature. */
  form(ui: Ui, rows: import('../js/admin/frame/rows.js').Rows<NeedRow>): FormTexts | null;
  /** Render the guide beside the list, for the need under the cursor. */
  pane(ui: Ui, said: StartView): Drawn;
}

/** A feature's parts in the console (`features/NAME/pages/feature.js`). */
interface FeaturePages {
  /** Chapters of the administration. */
  chapters?: ListedChapter[];
  /** The chapters' keys with their effects. */
  keys?: () => [string, string][];
  placeKeys?: KernelKeys;
  map?: PlaceMap;
  shiftAction?: ShiftAction;
  lineAction?: LineAction;
  needAction?: NeedAction;
  places?: ListedPlace[];
  /** The keys of the feature's places. */
  groups?: () => ListedKeys[];
  personFacts?: PersonFact[];
  personActions?: PersonAction[];
  archives?: AlertArchive[];
  /** Show an alert, open or closed. */
  showAlert?: (ui: Ui, alert: string) => void;
  /** Render for the printer only. */
  printView?: (ui: Ui) => Drawn;
}

interface Place {
  enter(ui: Ui): unknown;
  pressed(ui: Ui, key: string): boolean;
  pane(ui: Ui): Drawn;
}

/** A chapter of the administration: `again` runs every few seconds, `clear` for another operator. */
interface Chapter {
  enter(ui: Ui): unknown;
  pressed(ui: Ui, key: string): boolean;
  pane(ui: Ui): Drawn;
  again?(ui: Ui): unknown;
  clear?(): void;
}
/** A field of a form. */
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
/** A town near a position, with its distance and direction. */
interface Near extends Pick<Town, 'name' | 'region' | 'population'> {
  km: number;
  bearing: string;
}

/** A recipient of a handover; `to` is null for any free operator. */
interface Choice {
  to: string | null;
  name: string;
  state: Drawn;
  busy: boolean;
}

/** A part of the text for 112: as shown, as copied, and the value that is compared for changes. */
interface Part {
  id: string;
  text: string;
  copied: string;
  is: string;
  look?: string;
  pairs?: [string, string][];
}

/** The facts from which `steps/` derives the next step. */
interface Moment {
  view: CaseView;
  allowed: Allowed;
  me: MeView;
  nowUs: number;
  names: Names;
  center: CenterView;
}

/** A sentence, further words, and the step; null: the next rule decides. */
type NextStep = [string, Drawn, Action] | null;

/** The banner above a case. */
interface Banner {
  icon: string;
  tone?: string;
  title: string;
  text: Drawn;
  aside: string;
}

/** The state received from another node's page; it counts only with its ticket. */
interface FromAddress {
  token: string | null;
  ticket: string | null;
  first: string | null;
  /** The callout in the link of a notification. */
  callout: string | null;
  kept: Record<string, unknown>;
}
