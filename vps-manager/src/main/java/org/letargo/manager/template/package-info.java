/** What VPSes start from: listing, building, adding, exporting and removing templates. */
package org.letargo.manager.template;
