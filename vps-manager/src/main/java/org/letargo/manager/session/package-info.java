/**
 * What people do inside of a VPS: run a command, sit at its console. A WebSocket on one side, a
 * stream of the hook on the other, and a virtual thread for each direction between them.
 */
package org.letargo.manager.session;
