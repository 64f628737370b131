/**
 * What the integration tests stand on: whole Letargos of their own, started from the built jars.
 *
 * <p>Words: an <em>instance</em> is a hook and a manager as child processes, with their own
 * folders, bridge, control groups and firewall table; a <em>fixture</em> gives a test class its
 * instance; a <em>payload</em> is a small program that runs in a VPS and checks itself; the
 * <em>sweep</em> looks for what an instance left behind. It decides nothing about what is right:
 * tests do.
 */
package org.letargo.integration.harness;
