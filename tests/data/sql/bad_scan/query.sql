SELECT * FROM cafelab_scan('')
