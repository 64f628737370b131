/**
 * The memory of a container through our end of the engine's page server protocol and back, with the
 * real engine: runc by itself, with the configuration that Letargo gives to a VPS.
 */
package org.letargo.integration.pages;
