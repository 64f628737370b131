/**
 * VPSes as files: export streams an archive out of the hook, import streams one into it. Nothing is
 * kept on the way.
 */
package org.letargo.manager.archive;
