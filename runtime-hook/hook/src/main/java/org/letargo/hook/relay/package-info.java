/**
 * The hook's end of {@code letargo-relay}, through which the runtime and the engine ask at their
 * stages: {@link org.letargo.hook.relay.RelayServer}.
 */
package org.letargo.hook.relay;
