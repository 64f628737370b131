/**
 * Looks into CRIU's image files: how much memory they hold and of which processes. Start at {@link
 * org.letargo.archive.criu.CriuImages}. Reads hostile files as well; knows no more of CRIU's
 * formats than it needs.
 */
package org.letargo.archive.criu;
