/* Shows the slides of a meeting in turn, asks for newer ones, and keeps the last ones when the server is away.
   Everything it holds has a fixed size: one deck, one slide in the document, one timer of each sort. */
(function () {
  'use strict';

  var root = document.documentElement;
  var told = root.dataset;
  var sayings = JSON.parse(told.sayings);
  var refresh = Number(told.refresh) * 1000;
  var FIRST_WAIT = 2000, LONGEST_WAIT = 60000, PATIENCE = 20000, AWAKE = 4000, DOTS = 24;

  var slides = [], here = 0, etag = '', shape = '';
  var isPaused = false, theme = told.theme;
  var isAsking = false, wait = FIRST_WAIT, lastContact = 0, retryAt = 0;
  var offset = null;
  var slideTimer = 0, askTimer = 0, awakeTimer = 0, sizeTimer = 0, left = 0, shownAt = 0;
  var wakeLock = null;

  function by(id) { return document.getElementById(id); }
  var stage = by('stage'), band = by('band'), said = by('said'), dots = by('dots'), pace = by('pace');

  function say(name, values) {
    return sayings[name].replace(/\{(\w+)\}/g, function (all, key) { return key in values ? values[key] : all; });
  }
  function announce(words) { said.textContent = words; }
  function two(number) { return (number < 10 ? '0' : '') + number; }

  // ── time: the server's, in Beijing ──────────────────────────────────────────────────────────────────────────────

  function serverNow() { return offset === null ? null : offset + performance.now(); }
  function beijing(moment) { return new Date(moment + 8 * 3600000); }
  function clockText(moment) {
    var at = beijing(moment);
    return two(at.getUTCHours()) + ':' + two(at.getUTCMinutes()) + ':' + two(at.getUTCSeconds());
  }
  function tick() {
    var now = serverNow();
    if (now !== null) {
      var at = beijing(now);
      by('time').textContent = clockText(now);
      by('date').textContent = at.getUTCFullYear() + '-' + two(at.getUTCMonth() + 1) + '-' + two(at.getUTCDate());
    }
    if (!band.hidden && retryAt) { showBand(); }
  }

  // ── slides ──────────────────────────────────────────────────────────────────────────────────────────────────────

  function show(place, isNew) {
    if (!slides.length) { return; }
    here = (place % slides.length + slides.length) % slides.length;
    var slide = slides[here];
    var holder = document.createElement('template');
    holder.innerHTML = slide.html;
    stage.textContent = '';
    stage.appendChild(holder.content);
    stage.className = isNew ? 'arriving' : '';
    fit();
    drawPlace();
    startTimer(slide.seconds * 1000);
  }

  /** Shrinks the text of a slide until nothing of it is cut off. */
  function fit() {
    var slide = stage.firstElementChild;
    var body = slide && slide.querySelector('.body');
    if (!body) { return; }
    var scale = 1;
    slide.style.setProperty('--fit', scale);
    while (isCut(body) && scale > 0.42) {
      scale = Math.round((scale - 0.04) * 100) / 100;
      slide.style.setProperty('--fit', scale);
    }
    slide.dataset.fit = scale;
    slide.dataset.cut = isCut(body) ? '1' : '0';
  }
  function isCut(body) {
    // The line of a font may reach a little beyond its letters: less than the gap under a slide is nothing cut.
    var slack = Math.max(2, Math.round(window.innerHeight * 0.005));
    if (isOver(body, slack)) { return true; }
    var parts = body.querySelectorAll('.list,.list>li,.cards>li,.facts>div,.beside,.tile,.town');
    for (var index = 0; index < parts.length; index++) { if (isOver(parts[index], slack)) { return true; } }
    return false;
  }
  function isOver(part, slack) {
    return part.scrollHeight > part.clientHeight + slack || part.scrollWidth > part.clientWidth + slack;
  }

  function drawPlace() {
    var count = slides.length;
    var wanted = count > 1 && count <= DOTS ? count : 0;
    while (dots.childElementCount > wanted) { dots.removeChild(dots.lastElementChild); }
    while (dots.childElementCount < wanted) { dots.appendChild(document.createElement('li')); }
    for (var index = 0; index < wanted; index++) { dots.children[index].className = index === here ? 'here' : ''; }
    by('place').textContent = say('of', {place: here + 1, count: count});
    by('mode').textContent = say(isPaused ? 'paused' : 'playing', {});
    by('mode').className = isPaused ? 'paused' : '';
  }

  function startTimer(time) {
    clearTimeout(slideTimer);
    pace.className = '';
    left = time;
    shownAt = performance.now();
    if (isPaused || slides.length < 2) { return; }
    void pace.offsetWidth;
    pace.style.setProperty('--seconds', time + 'ms');
    pace.className = 'run';
    slideTimer = setTimeout(next, time);
  }
  function next() { show(here + 1, true); }
  function previous() { show(here - 1, true); }
  function pause() {
    isPaused = !isPaused;
    // Whoever stops the screen reads it: a slide that changes by hand is then read aloud.
    stage.setAttribute('aria-live', isPaused ? 'polite' : 'off');
    if (isPaused) {
      clearTimeout(slideTimer);
      left = Math.max(left - (performance.now() - shownAt), 1000);
      pace.className = '';
    } else {
      startTimer(left);
    }
    var button = document.querySelector('[data-do=pause]');
    button.setAttribute('aria-pressed', String(isPaused));
    button.setAttribute('aria-label', say(isPaused ? 'play' : 'pause', {}));
    drawPlace();
    announce(say(isPaused ? 'paused' : 'playing', {}));
  }

  // ── the server ──────────────────────────────────────────────────────────────────────────────────────────────────

  function ask() {
    clearTimeout(askTimer);
    if (isAsking) { return; }
    isAsking = true;
    retryAt = 0;
    if (!band.hidden) { showBand(); }
    var asked = shape;
    var stop = new AbortController();
    var patience = setTimeout(function () { stop.abort(); }, PATIENCE);
    var headers = etag ? {'If-None-Match': etag} : {};
    fetch(told.deck + '&shape=' + asked, {headers: headers, cache: 'no-store', credentials: 'same-origin', signal: stop.signal})
      .then(function (answer) { return read(answer, asked); })
      .catch(function () { lost(); })
      .then(function () {
        clearTimeout(patience);
        isAsking = false;
        if (asked !== shape) { ask(); }
      });
  }

  function read(answer, asked) {
    var now = Number(answer.headers.get('X-Server-Time'));
    if (answer.status !== 200 && answer.status !== 304) {
      if (answer.status >= 500 || !now) { throw new Error(String(answer.status)); }
      return answer.json().then(function (said) { inTouch(now); refused(said.what + said.remedy); });
    }
    // Anything else that answers in the server's place (a portal's login page) is no contact.
    if (!now) { throw new Error('not the server'); }
    var version = answer.headers.get('X-Screen-Version');
    if (version && version !== told.version && mayReload()) { location.reload(); return null; }
    if (answer.status === 304) { inTouch(now); connected(); return null; }
    return answer.json().then(function (deck) {
      inTouch(now);
      connected();
      if (asked !== shape) { return; }
      etag = answer.headers.get('ETag') || '';
      take(deck.slides);
    });
  }

  /** A server that keeps sending an old page must not make it load for ever. */
  function mayReload() {
    try {
      var last = Number(sessionStorage.getItem('reloaded') || 0);
      if (Date.now() - last < 300000) { return false; }
      sessionStorage.setItem('reloaded', String(Date.now()));
      return true;
    } catch (refusal) { return false; }
  }

  function take(fresh) {
    var key = slides.length ? slides[here].key : '';
    var isFirst = !slides.length;
    var place = 0;
    slides = fresh;
    for (var index = 0; index < slides.length; index++) { if (slides[index].key === key) { place = index; } }
    var rest = Math.max(left - (performance.now() - shownAt), 1000);
    show(place, isFirst);
    // A refresh does not give the slide its whole time anew: it would never end where it is long and refreshes are many.
    if (!isFirst && slides[here].key === key) { startTimer(Math.min(rest, slides[here].seconds * 1000)); }
  }

  function inTouch(now) {
    lastContact = now;
    offset = now - performance.now();
    wait = FIRST_WAIT;
    tick();
  }
  function again(time) { clearTimeout(askTimer); askTimer = setTimeout(ask, time); }
  function connected() {
    again(refresh);
    if (band.hidden) { return; }
    retryAt = 0;
    band.hidden = true;
    fit();
    announce(say('back', {}));
  }
  function refused(words) {
    retryAt = 0;
    again(refresh);
    setBand(say('refused', {what: words}));
  }
  function lost() {
    // Some spread, so that the screens of a county do not all come back in the same second.
    var time = wait * (0.8 + 0.4 * Math.random());
    wait = Math.min(wait * 2, LONGEST_WAIT);
    again(time);
    retryAt = performance.now() + time;
    showBand();
  }
  function showBand() {
    var seconds = Math.max(Math.ceil((retryAt - performance.now()) / 1000), 0);
    var at = lastContact ? clockText(lastContact) : '';
    setBand(say(!lastContact ? 'never' : retryAt ? 'offline' : 'retrying', {at: at, seconds: seconds}));
  }
  function setBand(words) {
    var wasHidden = band.hidden;
    band.hidden = false;
    // Read aloud once: the seconds run on in silence.
    band.setAttribute('role', wasHidden ? 'alert' : 'presentation');
    if (band.textContent !== words) { band.textContent = words; }
    if (wasHidden) { fit(); }
  }

  // ── the screen ──────────────────────────────────────────────────────────────────────────────────────────────────

  function shapeNow() {
    var ratio = window.innerWidth / Math.max(window.innerHeight, 1);
    return ratio < 1.1 ? 'tall' : ratio < 1.58 ? 'square' : ratio < 2.6 ? 'wide' : 'wall';
  }
  function measure() {
    var found = shapeNow();
    if (found === shape) { fit(); return; }
    root.classList.remove('wall', 'wide', 'square', 'tall');
    root.classList.add(found);
    shape = found;
    etag = '';
    fit();
    ask();
  }
  function resized() { clearTimeout(sizeTimer); sizeTimer = setTimeout(measure, 150); }

  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  function isDark() { return theme === 'dark' || (theme === 'auto' && dark.matches); }
  function paint() {
    root.classList.toggle('dark', isDark());
    root.classList.toggle('light', !isDark());
  }
  function turn() {
    theme = isDark() ? 'light' : 'dark';
    paint();
    announce(say(theme, {}));
  }
  function full() {
    if (document.fullscreenElement) { document.exitFullscreen(); }
    else if (root.requestFullscreen) { root.requestFullscreen().catch(function () {}); }
  }
  function help() {
    var box = by('help');
    box.hidden = !box.hidden;
    document.querySelector('#bar [data-do=help]').setAttribute('aria-expanded', String(!box.hidden));
    if (box.hidden) { stage.focus(); } else { box.querySelector('button').focus(); }
  }
  function awake() {
    root.classList.add('awake');
    root.classList.remove('idle');
    clearTimeout(awakeTimer);
    awakeTimer = setTimeout(function () { root.classList.remove('awake'); root.classList.add('idle'); }, AWAKE);
  }
  /** Keeps the machine from putting the screen to sleep, where the browser can. */
  function stayLit() {
    if (!navigator.wakeLock || document.visibilityState !== 'visible' || (wakeLock && !wakeLock.released)) { return; }
    navigator.wakeLock.request('screen').then(function (lock) { wakeLock = lock; }).catch(function () {});
  }

  var acts = {
    next: next, previous: previous, pause: pause, theme: turn, full: full, help: help,
    first: function () { show(0, true); }, last: function () { show(slides.length - 1, true); }
  };
  var keys = {
    ArrowRight: 'next', PageDown: 'next', ArrowDown: 'next', ArrowLeft: 'previous', PageUp: 'previous', ArrowUp: 'previous',
    ' ': 'pause', p: 'pause', P: 'pause', Home: 'first', End: 'last', f: 'full', F: 'full', d: 'theme', D: 'theme',
    h: 'help', H: 'help', '?': 'help', '？': 'help'
  };
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey) { return; }
    if (event.key === 'Escape' && !by('help').hidden) { help(); return; }
    // A focused button keeps its own space and enter.
    if (event.key === ' ' && event.target.tagName === 'BUTTON') { return; }
    var name = keys[event.key];
    if (name) { event.preventDefault(); acts[name](); }
  });
  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-do]');
    if (button) { acts[button.dataset.do](); }
  });
  var from = null;
  document.addEventListener('pointerdown', function (event) { awake(); from = {x: event.clientX, y: event.clientY}; });
  document.addEventListener('pointerup', function (event) {
    if (!from) { return; }
    var across = event.clientX - from.x, down = event.clientY - from.y;
    from = null;
    if (event.pointerType !== 'mouse' && Math.abs(across) > 50 && Math.abs(across) > 1.5 * Math.abs(down)) {
      (across < 0 ? next : previous)();
    }
  });
  document.addEventListener('pointercancel', function () { from = null; });
  document.addEventListener('pointermove', awake);
  document.addEventListener('visibilitychange', function () {
    stayLit();
    if (document.visibilityState === 'visible') { ask(); }
  });
  window.addEventListener('resize', resized);
  window.addEventListener('online', ask);
  window.addEventListener('offline', function () { if (!isAsking) { lost(); } });
  if (dark.addEventListener) { dark.addEventListener('change', paint); }

  paint();
  setInterval(tick, 1000);
  stayLit();
  measure();
})();
