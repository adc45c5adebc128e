/*
 * public.h - marks what libwaggle shows to the outside; all else is hidden.
 *
 * A public function is declared in include/waggle/, defined in lib/ with WAGGLE_PUBLIC, and
 * listed in libwaggle.map.
 */
#ifndef WAGGLE_LIB_PUBLIC_H
#define WAGGLE_LIB_PUBLIC_H

#define WAGGLE_PUBLIC __attribute__((visibility("default")))

#endif
