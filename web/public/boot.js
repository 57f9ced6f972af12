// Runs before the first paint so that a Persian page never flashes left to right. External because the CSP allows no inline script.
(function () {
  var root = document.documentElement;
  var read = function (name) {
    try {
      return localStorage.getItem('pasokh.' + name);
    } catch {
      return null;
    }
  };
  var locale = read('locale') === 'en' ? 'en' : 'fa';
  root.lang = locale;
  root.dir = locale === 'fa' ? 'rtl' : 'ltr';
  var theme = read('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
})();
