// The words of the app in Italian and English, read by the user.

export const WORDS = {
  // the label of the button for the other language
  language: ['English', 'Italiano'],
  // before an alert
  help: ['Aiuto', 'Help'],
  hold: ['tieni premuto 1 secondo', 'hold for 1 second'],
  holdOn: ['Continua a tenere premuto', 'Keep holding'],
  holdLonger: ['Tieni premuto 1 secondo per chiedere aiuto', 'Hold for 1 second to ask for help'],
  onceMore: [
    'Attiva ancora entro 5 secondi per chiedere aiuto',
    'Activate again within 5 seconds to ask for help',
  ],
  promise: [
    'Un’operatrice ti chiama entro 50 secondi. Se non possiamo, ti avvisiamo qui: chiama il 112.',
    'An operator calls you within 50 seconds. If we cannot, you read here at once: call 112.',
  ],
  cannotTalk: ['Non posso parlare', 'I cannot talk'],
  promiseQuiet: [
    'Tieni premuto: allarme silenzioso. Il telefono non squilla, se l’operatrice non lo decide.',
    'Hold for a silent alert. Your phone does not ring unless the operator decides so.',
  ],
  promiseTest: [
    'Prova: il centro ti chiama come in un allarme vero, ma il 112 non viene mai chiamato.',
    'A test: the centre calls you as in a real alert, but 112 is never called.',
  ],
  test: ['PROVA', 'TEST'],
  realHelp: ['Non è una prova: aiuto', 'Not a test: help'],
  leaveTest: ['Esci dalla prova', 'Leave the test'],
  unreachable: [
    'Ora il centro non si raggiunge: se serve, chiama il 112',
    'The centre cannot be reached now: if you need help, call 112',
  ],
  call112Yourself: ['Chiama il 112 direttamente', 'Call 112 yourself'],
  call112Now: ['Chiama il 112 ora', 'Call 112 now'],
  // progress of an alert
  sending: ['Invio dell’allarme', 'Sending the alert'],
  notSent: ['Allarme non ancora ricevuto', 'Alert not received yet'],
  got: ['Allarme ricevuto', 'Alert received'],
  gotUnkept: ['Allarme ricevuto, non ancora registrato', 'Alert received, not yet on record'],
  finding: ['Cerchiamo un’operatrice', 'Finding an operator'],
  operatorFound: ['Operatrice trovata', 'Operator found'],
  noOperator: ['Nessuna operatrice ancora', 'No operator yet'],
  calling: ['Ti stiamo chiamando, rispondi', 'We are calling you, answer'],
  rings: ['Il telefono squilla', 'My phone is ringing'],
  callingLate: [
    'Se parli già con il 112, resta con loro.',
    'If you are talking to 112 already, stay with them.',
  ],
  callingStep: ['Ti stiamo chiamando', 'We are calling you'],
  called: ['Ti abbiamo chiamata', 'We called you'],
  notCalled: ['Non ti abbiamo ancora chiamata', 'We have not called you yet'],
  talking: ['Sei in linea con l’operatrice', 'You are on the line with the operator'],
  stay: ['Resta in linea', 'Stay on the line'],
  notOnLine: ['Non sei in linea con noi', 'You are not on the line with us'],
  psap: ['Il 112 è in linea con te', '112 is on the line with you'],
  psapStep: ['Il 112 è in linea', '112 is on the line'],
  psapCalled: ['Si sta chiamando il 112', '112 is being called'],
  psapTold: ['Un’operatrice è in linea con il 112', 'An operator is on the line with 112'],
  psapGone: ['Il 112 ha riattaccato', '112 has hung up'],
  psapTodo: ['112', '112'],
  closed: ['L’allarme è chiuso', 'The alert is closed'],
  cannot: ['Non riusciamo a chiamarti in tempo', 'We cannot reach you in time'],
  quietLate: ['Non riusciamo ad aiutarti in tempo', 'We cannot help you in time'],
  noConnection: ['Nessuna connessione', 'No connection'],
  unavailable: ['Il centro non risponde', 'The centre does not answer'],
  refused: ['Il centro non accetta questa app', 'The centre does not accept this app'],
  unkept: ['Chiama il 112 ora', 'Call 112 now'],
  // messages
  writeToUs: ['Scrivici', 'Write to us'],
  send: ['Invia', 'Send'],
  yes: ['Sì', 'Yes'],
  no: ['No', 'No'],
  fromUs: ['Noi', 'Us'],
  fromYou: ['Tu', 'You'],
  isWaiting: ['in attesa', 'waiting'],
  isSent: ['inviato', 'sent'],
  isUnsent: ['non arrivato', 'did not arrive'],
  isRead: ['letto', 'read'],
  // advice
  stayText: [
    'Resta al telefono. Se puoi, di’ dove sei.',
    'Stay on the phone. If you can, say where you are.',
  ],
  findingText: [
    'Resta al telefono: cerchiamo un’operatrice.',
    'Stay on the phone: we are finding an operator.',
  ],
  unheardText: [
    'Non sappiamo se vi sentite. Se non senti nessuno, chiama il 112.',
    'We do not know whether you hear each other. If you hear nobody, call 112.',
  ],
  freeText: ['Tieni libero il telefono.', 'Keep your phone free.'],
  quietText: [
    'Non ti chiamiamo. Se puoi, lascia aperta questa pagina.',
    'We are not calling you. Leave this page open if you can.',
  ],
  quietLateText: [
    'Se puoi, chiama il 112. Noi continuiamo a provare.',
    'If you can, call 112. We keep trying.',
  ],
  cannotText: ['Chiama il 112 ora. Noi continuiamo a provare.', 'Call 112 now. We keep trying.'],
  toldText: [
    'Se puoi, chiamalo anche tu. Noi proviamo ancora a chiamarti.',
    'Call 112 yourself too if you can. We keep trying to call you.',
  ],
  unkeptText: [
    'Il centro ha il tuo allarme ma non riesce a registrarlo. Noi continuiamo a provare.',
    'The centre has your alert but cannot put it on record. We keep trying.',
  ],
  refusedText: [
    'Chiama il 112 ora. Poi controlla la chiave e il numero nelle impostazioni.',
    'Call 112 now. Then check the key and the number in the settings.',
  ],
  closedText: [
    'Se hai bisogno di aiuto, chiama il 112 o chiedi aiuto di nuovo.',
    'If you need help, call 112 or ask for help again.',
  ],
  // the end, by the alert's outcome and the information given to 112
  endMistake: [
    'È stato chiuso come uno sbaglio. Se non lo è, chiama il 112 o chiedi aiuto di nuovo.',
    'It was closed as a mistake. If it was none, call 112 or ask for help again.',
  ],
  endCalled112: ['Stai parlando con il 112?', 'Are you talking to 112?'],
  endCalled112Text: [
    'Sembra che tu abbia chiamato il 112. Se non è così, chiamalo ora o chiedi aiuto di nuovo.',
    'You seem to have called 112. If you have not, call it now or ask for help again.',
  ],
  endTest: ['La prova è finita', 'The test is over'],
  endTestText: [
    'Il 112 non è stato chiamato. Per un aiuto vero torna all’inizio.',
    '112 was not called. For real help go back to the start.',
  ],
  endQuiet: ['Il 112 sa dove sei e che non puoi parlare', '112 knows where you are and that you cannot talk'],
  endQuietText: [
    'Resta nascosta. Se cambia qualcosa, chiedi aiuto di nuovo.',
    'Stay hidden. If anything changes, ask for help again.',
  ],
  endQuietWrite: [
    'Resta nascosta. Se cambia qualcosa, scrivilo qui: il 112 può leggerlo.',
    'Stay hidden. If anything changes, write it here: 112 can read it.',
  ],
  endQuietOld: [
    'Il 112 sa che non puoi parlare, e dov’eri # minuti fa',
    '112 knows that you cannot talk, and where you were # minutes ago',
  ],
  endQuietOldText: [
    'Resta nascosta. Se ora sei altrove, chiedi aiuto di nuovo.',
    'Stay hidden. If you are elsewhere now, ask for help again.',
  ],
  endQuietOldWrite: [
    'Resta nascosta. Se ora sei altrove, scrivilo qui: il 112 può leggerlo.',
    'Stay hidden. If you are elsewhere now, write it here: 112 can read it.',
  ],
  endQuietNowhere: [
    'Il 112 sa che non puoi parlare, ma non dove sei',
    '112 knows that you cannot talk, but not where you are',
  ],
  endQuietNowhereText: [
    'Chiedi aiuto di nuovo e, se puoi, scrivi dove sei.',
    'Ask for help again and write where you are if you can.',
  ],
  endQuietNowhereWrite: [
    'Se puoi, scrivi qui dove sei: il 112 può leggerlo.',
    'Write here where you are if you can: 112 can read it.',
  ],
  endPlace: ['Il 112 sa dove sei', '112 knows where you are'],
  endPlaceText: [
    'Se cambia qualcosa, chiama il 112 o chiedi aiuto di nuovo.',
    'If anything changes, call 112 or ask for help again.',
  ],
  endPlaceWrite: [
    'Se cambia qualcosa, chiama il 112 o scrivilo qui: può leggerlo.',
    'If anything changes, call 112 or write it here: 112 can read it.',
  ],
  endPlaceOld: ['Il 112 sa dov’eri # minuti fa', '112 knows where you were # minutes ago'],
  endPlaceOldText: [
    'Se ora sei altrove, chiama il 112 o chiedi aiuto di nuovo.',
    'If you are elsewhere now, call 112 or ask for help again.',
  ],
  endPlaceOldWrite: [
    'Se ora sei altrove, chiama il 112 o scrivilo qui: può leggerlo.',
    'If you are elsewhere now, call 112 or write it here: 112 can read it.',
  ],
  endPsap: ['Il 112 sa del tuo allarme', '112 knows of your alert'],
  endPsapText: [
    'Se cambia qualcosa, o se non hai detto dove sei, chiama il 112.',
    'If anything changes, or if you have not said where you are, call 112.',
  ],
  endPsapWrite: [
    'Se cambia qualcosa, o se non hai detto dove sei, chiama il 112 o scrivilo qui: può leggerlo.',
    'If anything changes, or if you have not said where you are, call 112 or write it here: 112 can read it.',
  ],
  endNoContact: ['Non ti abbiamo raggiunta', 'We did not reach you'],
  endNoPsap: [
    'Il 112 non è stato chiamato. Se hai bisogno di aiuto, chiama il 112 o chiedi aiuto di nuovo.',
    '112 was not called. If you need help, call 112 or ask for help again.',
  ],
  testLate: [
    'Prova: in un allarme vero, ora chiameresti il 112.',
    'A test: in a real alert you would call 112 now.',
  ],
  lost: ['Collegamento perso: questo è l’ultimo stato noto', 'Connection lost: this is the last known state'],
  seconds: ['secondi', 'seconds'],
  back: ['Torna all’inizio', 'Back to the start'],
  // cancellation
  mistake: ['È uno sbaglio, annulla con il PIN', 'A mistake, cancel with the PIN'],
  pinTitle: ['Scrivi il tuo PIN', 'Enter your PIN'],
  pinText: [
    'Un’operatrice può comunque chiamarti per verificare: se puoi, rispondi.',
    'An operator may still call you to check: answer if you can.',
  ],
  pin: ['PIN', 'PIN'],
  cancel: ['Annulla l’allarme', 'Cancel the alert'],
  goOn: ['Torna all’allarme', 'Back to the alert'],
  asked: ['Hai chiesto di annullare', 'You asked to cancel'],
  askedSending: ['Invio della richiesta', 'Sending your request'],
  askedUnsent: [
    'La richiesta non è ancora arrivata: continuiamo a provare.',
    'The request has not arrived yet: we keep trying.',
  ],
  pinAgain: ['Riscrivi il PIN', 'Enter the PIN again'],
  // settings
  settings: ['Impostazioni', 'Settings'],
  key: ['Chiave dell’app', 'App key'],
  keyHint: ['Te la dà il centro.', 'The centre gives it to you.'],
  phone: ['Il tuo numero di telefono', 'Your phone number'],
  phoneHint: [
    'Con il prefisso, per esempio +39 333 111 2223.',
    'With the country code, for example +39 333 111 2223.',
  ],
  name: ['Il tuo nome', 'Your first name'],
  nameHint: ['Si vede solo qui.', 'Shown here only.'],
  kept: [
    'Questi dati restano su questo telefono, non cifrati. Al centro vanno il numero e, con un allarme, ' +
      'la posizione: finché è aperto e per 10 minuti dopo che chiedi di annullarlo.',
    'These data stay on this phone, not encrypted. The centre gets the number and, with an alert, ' +
      'the position: while it is open, and for 10 minutes after you ask to cancel it.',
  ],
  // enrolment of this phone
  myRecord: ['La mia scheda', 'My record'],
  thisPhone: ['Questo telefono', 'This phone'],
  phoneWhy: [
    'Col telefono verificato il centro sa che un allarme viene da te: nessun altro può leggerlo, spostarlo ' +
      'o annullarlo. Anche senza verifica rispondiamo a ogni allarme.',
    'Once this phone is verified the centre knows that an alert comes from you: nobody else can read, move ' +
      'or cancel it. We answer every alert without it, too.',
  ],
  phoneCannot: [
    'Qui il telefono non può essere verificato: servono una pagina HTTPS e un browser che conserva le ' +
      'chiavi. Gli allarmi funzionano lo stesso.',
    'This phone cannot be verified here: it takes an HTTPS page, and a browser that keeps keys. Alerts ' +
      'work all the same.',
  ],
  sendCode: ['Invia un codice a', 'Send a code to'],
  codeSent: ['Il codice arriva con un SMS.', 'The code comes by text message.'],
  code: ['Codice ricevuto per SMS', 'Code from the text message'],
  codeHint: ['Sei cifre, valide per 10 minuti.', 'Six digits, valid for 10 minutes.'],
  confirmCode: ['Conferma', 'Confirm'],
  anotherCode: ['Invia un altro codice', 'Send another code'],
  codeWrong: ['Il codice non è quello.', 'This is not the code.'],
  codeOver: ['Il codice non vale più: chiedine un altro.', 'The code is over: ask for another one.'],
  tooMany: [
    'Troppe richieste: riprova tra un minuto, o più tardi.',
    'Too many requests: try again in a minute, or later.',
  ],
  invited: [
    'Hai aperto un invito per questo telefono. Usalo solo se te l’ha dato il centro.',
    'You opened an invitation for this phone. Use it only if the centre gave it to you.',
  ],
  useInvitation: ['Verifica con l’invito', 'Verify with the invitation'],
  decline: ['Non usarlo', 'Do not use it'],
  invitationOver: [
    'L’invito non vale più: chiedine un altro, o fatti inviare un codice.',
    'The invitation is over: ask for another one, or have a code sent.',
  ],
  nowVerified: ['Il telefono è verificato.', 'This phone is verified.'],
  lastVerified: ['Ultima verifica', 'Last verified'],
  never: ['mai', 'never'],
  notVerified: [
    'L’ultima richiesta non risulta di questo telefono.',
    'The last request did not count as this phone’s.',
  ],
  doubtClock: ['L’orologio del telefono non è giusto.', 'The phone’s clock is wrong.'],
  doubtNumber: [
    'Il numero nelle impostazioni non è quello verificato.',
    'The number in the settings is not the one that was verified.',
  ],
  doubtKey: ['Il centro non conosce più questo telefono.', 'The centre does not know this phone any more.'],
  doubtYoung: [
    'È stato aggiunto da meno di tre giorni: gli allarmi arrivano, non ancora come verificati.',
    'It was added less than three days ago: alerts arrive, and do not count as verified yet.',
  ],
  doubtUnsigned: ['Il telefono non ha firmato in tempo.', 'The phone did not sign in time.'],
  doubtSignature: ['La firma non era valida.', 'The signature was not valid.'],
  notKept: ['Il telefono non ha potuto conservare la chiave.', 'The phone could not keep the key.'],
  yourPhones: ['I tuoi telefoni verificati', 'Your verified phones'],
  thisOne: ['questo', 'this one'],
  since: ['dal', 'since'],
  lastAlert: ['ultimo allarme', 'last alert'],
  endIt: ['Togli', 'End it'],
  endSure: ['Premi ancora per togliere', 'Press again to end it'],
  ended: ['Questo telefono non è più verificato.', 'This phone is not verified any more.'],
  pins: ['PIN per annullare', 'PINs for cancelling'],
  pinsText: [
    'Con il PIN dici che un allarme era uno sbaglio. Con il PIN sotto minaccia il telefono mostra lo ' +
      'stesso, e il centro sa che qualcuno ti costringe.',
    'With the PIN you say that an alert was a mistake. With the duress PIN the phone shows the same, and ' +
      'the centre knows that somebody forces you.',
  ],
  newPin: ['Nuovo PIN', 'New PIN'],
  newPinHint: ['Da 4 a 12 cifre.', '4 to 12 digits.'],
  duressPin: ['Nuovo PIN sotto minaccia', 'New duress PIN'],
  duressPinHint: ['Un altro; vuoto, resta com’è.', 'Another one; left empty it stays as it is.'],
  currentPin: ['PIN di adesso', 'Present PIN'],
  currentPinHint: [
    'Se ne hai già uno. Con cura: se è sbagliato non si vede.',
    'If you have one already. With care: a wrong one is not told.',
  ],
  phonePin: ['Il tuo PIN', 'Your PIN'],
  phonePinHint: [
    'Se ne hai uno. Con cura: se è sbagliato non si vede.',
    'If you have one. With care: a wrong one is not told.',
  ],
  endPin: ['Il tuo PIN', 'Your PIN'],
  endPinHint: [
    'Se ne hai uno. Con cura: se è sbagliato non si vede.',
    'If you have one. With care: a wrong one is not told.',
  ],
  tooYoung: [
    'Questo telefono è stato aggiunto da meno di tre giorni: per togliere l’altro chiama il centro.',
    'This phone was added less than three days ago: to end the other one call the centre.',
  ],
  newPhone: [
    'È stato aggiunto un telefono al tuo numero. Non ne sai nulla? Avvisa il centro.',
    'A phone was added to your number. Not by you? Tell the centre.',
  ],
  pinForm: ['Servono da 4 a 12 cifre.', '4 to 12 digits are needed.'],
  pinsSame: ['I due PIN devono essere diversi.', 'The two PINs have to differ.'],
  savePins: ['Salva i PIN', 'Save the PINs'],
  pinsSaved: [
    'Inviati. I PIN nuovi valgono, se quello di adesso era giusto.',
    'Sent. The new PINs count, if the present one was right.',
  ],
  saveContact: ['Salva i nostri numeri', 'Save our numbers'],
  contactText: [
    'Salva i nostri numeri come contatto preferito: così la nostra chiamata squilla anche in modalità ' +
      'silenziosa e non viene filtrata.',
    'Save our numbers as a favourite contact: then our call rings in silent mode too, and is not screened.',
  ],
  // checks
  checks: ['Arriverebbe un allarme?', 'Would an alert arrive?'],
  checksText: [
    'Il telefono manda al centro una prova che non chiama nessuno e non dice dove sei. Si chiude da sola.',
    'The phone sends the centre a check that calls nobody and does not say where you are. It ends by itself.',
  ],
  checksFirst: [
    'Verifica prima questo telefono: una prova deve essere sua.',
    'Verify this phone first: a check has to be its own.',
  ],
  checkedOn: ['Provato il', 'Checked on'],
  checkedNever: ['Non ancora provato', 'Not checked yet'],
  checkNow: ['Prova adesso', 'Check now'],
  checking1: ['Prova in corso', 'Checking'],
  checkCall: ['Prova con una chiamata a questo telefono', 'Check with a call to this phone'],
  checkCalling: ['Il telefono squilla tra poco: rispondi', 'Your phone rings in a moment: answer'],
  checkRang: ['Il centro ha chiamato questo telefono.', 'The centre has called this phone.'],
  checkNotCalled: [
    'Il centro non ha chiamato questo telefono: riprova, o chiedi al centro.',
    'The centre has not called this phone: try again, or ask the centre.',
  ],
  checksEvery: ['Da sola', 'By itself'],
  checksNever: ['Solo quando lo chiedi tu.', 'Only when you ask for it.'],
  checksEveryHint: ['Quando è ora e l’app è aperta.', 'When it is due and the app is open.'],
  checksWoken: [
    'Anche ad app chiusa, quando il browser vuole.',
    'Also while the app is closed, as the browser likes.',
  ],
  every7: ['Ogni settimana', 'Each week'],
  every1: ['Ogni giorno', 'Each day'],
  every0: ['Mai', 'Never'],
  checkFailed: ['L’ultima prova non è riuscita.', 'The last check failed.'],
  checkOffline: [
    'Il telefono non era in rete. Se succede spesso, guarda i dati mobili.',
    'The phone had no connection. If it happens often, look at mobile data.',
  ],
  checkNobody: [
    'Il centro non ha risposto. In un’emergenza chiama il 112.',
    'The centre did not answer. In an emergency call 112.',
  ],
  checkBusy: [
    'Il centro era occupato: riprova da solo.',
    'The centre was busy: it is tried again by itself.',
  ],
  checkUnwell: [
    'Il centro ha ricevuto la prova e non l’ha conclusa. Avvisalo.',
    'The centre got the check and did not finish it. Tell them.',
  ],
  checkUnsigned: [
    'Il centro non riconosce questo telefono: verificalo di nuovo qui sopra.',
    'The centre does not know this phone: verify it again above.',
  ],
  checkRefused: [
    'Il centro non accetta questa app: guarda la chiave nelle impostazioni.',
    'The centre does not accept this app: look at the key in the settings.',
  ],
  needsPlace: ['Posizione permessa', 'Location allowed'],
  needsPlaceAsk: [
    'Posizione non ancora permessa: il telefono lo chiede alla prima occasione.',
    'Location not allowed yet: the phone asks at the first occasion.',
  ],
  needsPlaceNo: [
    'Posizione vietata: permettila a questo sito nelle impostazioni del browser.',
    'Location denied: allow it for this site in the browser’s settings.',
  ],
  needsKept: ['Il browser conserva la chiave', 'The browser keeps the key'],
  needsKeptNo: [
    'Il browser può dimenticare la chiave: aggiungi l’app alla schermata Home.',
    'The browser may forget the key: add the app to the home screen.',
  ],
  needsSaver: [
    'Risparmio dati attivo: può rallentare un allarme. Togli l’app dal risparmio.',
    'Data saver is on: it may slow an alert down. Exempt the app from it.',
  ],
  needsUnknown: [
    'SMS, chiamate e risparmio batteria: una pagina non li vede. Prova con una chiamata.',
    'Text messages, calls and battery saver: a page cannot see them. Check with a call.',
  ],
  // disguise
  exit: ['Esci', 'Exit'],
  exitText: [
    '«Esci» mostra subito una calcolatrice. Per tornare qui tieni premuto = per 1,5 secondi.',
    'Exit shows a calculator at once. To come back here, hold = for 1.5 seconds.',
  ],
  calculator: ['Calcolatrice', 'Calculator'],
  hiding: ['Nascondi l’app', 'Hide this app'],
  hidingText: [
    'L’app si presenta come una calcolatrice che funziona. Si apre tenendo premuto il tasto scelto; in ' +
      'secondo piano, o dopo una pausa, torna la calcolatrice. «Esci», o Esc due volte, la mostra subito. ' +
      'Un allarme aperto continua.',
    'The app looks like a calculator that works. It opens when the key you choose is held; in the ' +
      'background, or after a pause, the calculator is back. Exit, or Esc twice, shows it at once. An open ' +
      'alert goes on.',
  ],
  hidingLimits: [
    'Inganna un’occhiata, non chi cerca: la cronologia del browser, gli SMS o un’app spia la tradiscono.',
    'It deceives a glance, not a search: browser history, text messages or spyware give it away.',
  ],
  openWith: ['Tasto che apre l’app', 'Key that opens the app'],
  openWithHint: ['Tenuto premuto 1,5 secondi.', 'Held for 1.5 seconds.'],
  alarmWith: ['Tasto per l’allarme silenzioso', 'Key for a silent alert'],
  alarmWithHint: [
    'Tenuto premuto 1,5 secondi, senza un suono. In alto appare un punto; M quando il centro ha ' +
      'l’allarme, MR se c’è un messaggio per te, E se devi chiamare il 112.',
    'Held for 1.5 seconds, without a sound. A dot appears above; M once the centre has the alert, MR when ' +
      'there is a message for you, E if you have to call 112.',
  ],
  noKey: ['Nessuno', 'None'],
  keysSame: ['I due tasti devono essere diversi.', 'The two keys have to differ.'],
  openNumber: ['Numero che apre l’app', 'Number that opens the app'],
  openNumberHint: [
    'Se non puoi tenere premuto: scrivilo e premi =. Da 4 a 8 cifre, non il tuo PIN; vuoto, nessuno.',
    'If you cannot hold a key: type it and press =. 4 to 8 digits, not your PIN; empty for none.',
  ],
  numberForm: ['Da 4 a 8 cifre, la prima non zero.', '4 to 8 digits, the first not a zero.'],
  afterS: ['Secondi di pausa', 'Seconds of a pause'],
  afterSHint: ['Poi torna la calcolatrice.', 'After them the calculator is back.'],
  office: ['Ufficio', 'Office'],
  contactName: ['Nome del nostro contatto', 'Name of our contact'],
  contactNameHint: [
    'Lo mostra ogni nostra chiamata. Poi salva di nuovo i nostri numeri e cancella il vecchio contatto.',
    'Each call from us shows it. Then save our numbers again, and delete the old contact.',
  ],
  hidingInstall: [
    'Quando la vedi, aggiungi la calcolatrice alla schermata Home dal browser, e togli la vecchia icona.',
    'Once you see the calculator, add it to the home screen in the browser, and remove the old icon.',
  ],
  hideNow: ['Mostra la calcolatrice', 'Show the calculator'],
  showAgain: ['Non nascondere più l’app', 'Stop hiding the app'],
  forgetAll: ['Dimentica tutto su questo telefono', 'Forget everything on this phone'],
  forgetSure: [
    'Premi ancora: chiave, numero e impostazioni vanno via',
    'Press again: key, number and settings are gone',
  ],
  forgetOpen: [
    'C’è un allarme aperto. Premi ancora: va via anche quello',
    'An alert is open. Press again: it is gone from here, too',
  ],
  keyClear: ['cancella tutto', 'clear'],
  keySign: ['cambia segno', 'change the sign'],
  keyPercent: ['per cento', 'per cent'],
  keyDivide: ['diviso', 'divided by'],
  keyTimes: ['per', 'times'],
  keyMinus: ['meno', 'minus'],
  keyPlus: ['più', 'plus'],
  keyPoint: ['virgola', 'point'],
  keyBack: ['cancella l’ultima cifra', 'delete the last digit'],
  keyEquals: ['uguale', 'equals'],
  // settings, continued
  save: ['Salva', 'Save'],
  tryIt: ['Fai una prova', 'Make a test'],
  keyWrong: ['Il centro non conosce questa chiave.', 'The centre does not know this key.'],
  phoneWrong: [
    'Il numero comincia con + e il prefisso del paese.',
    'The number begins with + and the country code.',
  ],
  needed: ['Serve per chiedere aiuto.', 'Needed to ask for help.'],
  checking: ['Verifica in corso', 'Checking'],
  locationOff: [
    'Posizione non permessa: il centro non vede dove sei.',
    'Location not allowed: the centre does not see where you are.',
  ],
};

let english = false;

/** Set the app's language: `en`, else Italian. */
export function setLanguage(language) {
  english = language === 'en';
  document.documentElement.lang = english ? 'en' : 'it';
}
export const isEnglish = () => english;
/** Return the words of a name, in the chosen language. */
export const t = (name) => WORDS[name][english ? 1 : 0];
