// Check a theme app extension with Shopify's theme-check: `node oracles/check_theme.mjs FOLDER`.
// stdout: a JSON list of {check, severity (0 error, 1 warning, 2 suggestion), file, message}.
import themeCheck from '@shopify/theme-check-node';

const offences = await themeCheck.check(process.argv[2], 'theme-check:theme-app-extension');
console.log(
  JSON.stringify(offences.map(({check, severity, uri, message}) => ({check, severity, file: uri, message}))),
);
