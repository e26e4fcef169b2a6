import { z } from 'zod';
import { resourceId } from '../../contract/shape.ts';

export const contactParams = z.object({ id: resourceId.meta({ description: 'Contact id' }) });
