import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/queries.ts';
import { App } from './app.tsx';
import { applyTheme } from './embed/apply-theme.ts';
import './styles/index.css';
import { NoticesProvider } from './ui/notices.tsx';

applyTheme();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <NoticesProvider>
        <App />
      </NoticesProvider>
    </QueryClientProvider>
  </StrictMode>,
);
