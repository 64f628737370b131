/** Whether a VPS can be suspended, as the hook finds when it is asked. */
package org.letargo.manager.preflight;
