int cimage_placeholder;
