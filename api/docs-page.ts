/** /docs: Swagger UI from its npm package, nothing from elsewhere. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express, RequestHandler } from 'express';

const assets = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
const files = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Harmony integrations: API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });\n`;

/** Swagger UI writes style attributes and draws its icons from data: URLs; scripts are our own files only. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function mountDocs(app: Express): void {
  const withPolicy: RequestHandler = (_req, res, next) => {
    res.locals.route = '/docs';
    res.setHeader('Content-Security-Policy', policy);
    next();
  };
  app.get(['/docs', '/docs/'], withPolicy, (_req, res) => void res.type('html').send(page));
  app.get('/docs/start.js', withPolicy, (_req, res) => void res.type('js').send(start));
  for (const file of files) {
    const content = readFileSync(`${assets}/${file}`);
    app.get(`/docs/${file}`, withPolicy, (_req, res) => {
      res.setHeader('Cache-Control', 'public, max-age=3600');
      res.type(file).send(content);
    });
  }
}
