/**
 * The conformance table: which states of programs survive what a VPS goes through. A
 * <em>program</em> is a payload in C or Python, or a real application; a <em>scenario</em> is what
 * its VPS goes through; an <em>outcome</em> is what the program says of itself afterwards. Programs
 * share a VPS, as many as there are; when it cannot be suspended or resumed with all of them, those
 * to blame are found by halving.
 *
 * <p>{@link org.letargo.integration.conformance.Conformance} runs all and writes
 * docs/conformance.md; the tests hold what is written there.
 */
package org.letargo.integration.conformance;
