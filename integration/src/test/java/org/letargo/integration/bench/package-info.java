/**
 * What {@code make bench} runs: Letargo, the bare runtime with the bare engine, and podman at the
 * same work in turn, on one machine in one run.
 *
 * <p>Words: a <em>subject</em> is what is suspended and resumed (the template tiny, debian-12, a
 * process of 1 GiB); a <em>contender</em> is who does it; a <em>figure</em> is what one run of one
 * contender measured.
 */
package org.letargo.integration.bench;
