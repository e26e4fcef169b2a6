import { z } from 'zod';
import { resourceId } from '../../contract/shape.ts';

export const contactListParams = z.object({ id: resourceId.meta({ description: 'Contact list id' }) });
export const membershipParams = contactListParams.extend({ contactId: resourceId });
